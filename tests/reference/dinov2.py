"""DINOv2's ViT-S/14 out of timm's blocks, with the parameters' names, order and positions of dinov2/models/vision_transformer.py."""

import math

import torch
from timm.layers import LayerScale, Mlp, PatchEmbed
from timm.models.vision_transformer import Attention
from torch import Tensor, nn

PATCH, SIDE, CHANNELS, HEADS, BLOCKS = 14, 37, 384, 6, 12


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(CHANNELS, eps=1e-6)
        self.attn = Attention(CHANNELS, num_heads=HEADS, qkv_bias=True)
        self.ls1 = LayerScale(CHANNELS)
        self.norm2 = nn.LayerNorm(CHANNELS, eps=1e-6)
        self.mlp = Mlp(CHANNELS, 4 * CHANNELS)
        self.ls2 = LayerScale(CHANNELS)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class DinoVisionTransformer(nn.Module):
    def __init__(self, registers: int) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, CHANNELS))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + SIDE * SIDE, CHANNELS))
        if registers:
            self.register_tokens = nn.Parameter(torch.zeros(1, registers, CHANNELS))
        self.mask_token = nn.Parameter(torch.zeros(1, CHANNELS))
        self.patch_embed = PatchEmbed(None, PATCH, 3, CHANNELS)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(CHANNELS, eps=1e-6)
        self.head = nn.Linear(CHANNELS, 1000)
        # As hubconf.py: without registers by scale factors, with them antialiased.
        self.offset, self.antialias = (0.0, True) if registers else (0.1, False)

    def positions(self, side: int) -> Tensor:
        if side == SIDE:
            return self.pos_embed
        first, grid = self.pos_embed[:, :1], self.pos_embed[:, 1:]
        factor = (side + self.offset) / SIDE
        how = {"scale_factor": (factor, factor)} if self.offset else {"size": (side, side)}
        grid = grid.reshape(1, SIDE, SIDE, CHANNELS).permute(0, 3, 1, 2)
        grid = nn.functional.interpolate(grid, mode="bicubic", antialias=self.antialias, **how)
        return torch.cat((first, grid.permute(0, 2, 3, 1).view(1, -1, CHANNELS)), dim=1)

    def forward(self, images: Tensor) -> Tensor:
        x = self.patch_embed(images)
        x = torch.cat((self.cls_token.expand(len(x), -1, -1), x), dim=1)
        x = x + self.positions(int(math.sqrt(x.shape[1] - 1)))
        if hasattr(self, "register_tokens"):
            x = torch.cat((x[:, :1], self.register_tokens.expand(len(x), -1, -1), x[:, 1:]), dim=1)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


def dinov2(name: str) -> nn.Module:
    return DinoVisionTransformer(4 if name.endswith("_reg") else 0)
