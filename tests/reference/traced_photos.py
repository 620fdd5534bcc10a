"""The tutorial's photos and transforms, which note what is drawn: which photo, which box of it, whether mirrored."""

from pathlib import Path

from PIL import Image

from torchvision_import import datasets, transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class TracedPhotos(datasets.ImageFolder):
    """An ImageFolder; `drawn` has an entry for each photo taken since it was last cleared."""

    def __init__(self, root: Path, resize: int, size: int) -> None:
        self.drawn: list[dict] = []
        to_input = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
        if root.name == "train":
            crop = [_Crop(self.drawn, size), _Flip(self.drawn)]
        else:
            crop = [transforms.Resize(resize), transforms.CenterCrop(size)]
        super().__init__(str(root), transforms.Compose([*crop, *to_input]))

    def __getitem__(self, index: int) -> tuple:
        path = Path(self.samples[index][0])
        self.drawn.append({"path": path.relative_to(Path(self.root).parent).as_posix()})
        return super().__getitem__(index)


class _Crop(transforms.RandomResizedCrop):
    def __init__(self, drawn: list[dict], size: int) -> None:
        super().__init__(size)
        self.drawn = drawn

    def get_params(self, *args: object) -> tuple[int, int, int, int]:  # type: ignore[override]
        top, left, height, width = transforms.RandomResizedCrop.get_params(*args)
        self.drawn[-1]["box"] = [left, top, width, height]
        return top, left, height, width


class _Flip(transforms.RandomHorizontalFlip):
    def __init__(self, drawn: list[dict]) -> None:
        super().__init__()
        self.drawn = drawn

    def forward(self, image: Image.Image) -> Image.Image:
        result = super().forward(image)
        self.drawn[-1]["flip"] = result is not image
        return result
