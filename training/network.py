"""The translator as a torch network: a small pre-norm Transformer in the shape that CTranslate2 runs.

Made to be quick on a CPU with bfloat16 matrix units as well as on a GPU: attention is written out where the library's
own backward pass is slow, positions that are padding are never projected to the vocabulary, and the loss makes its
gradient while the logits are at hand.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

PAD, UNK, BOS, EOS = 0, 1, 2, 3
LONGEST = 512
CHUNK = 512  # positions projected to the vocabulary at a time on a CPU: their logits stay in its cache


def sinusoids(length: int, width: int) -> Tensor:
    """The position encodings (length, width), sines then cosines, as CTranslate2 makes them."""
    frequency = torch.exp(torch.arange(width // 2) * -(math.log(10000.0) / (width // 2 - 1)))
    angle = torch.arange(length)[:, None] * frequency[None]
    return torch.cat([angle.sin(), angle.cos()], 1)


class Dropout(nn.Module):
    """Dropout whose mask, on a CPU, is a window of a random pool: drawing new random bits costs more than a layer."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.pool = torch.empty(0)

    def forward(self, x: Tensor) -> Tensor:
        """x with a share of its cells put to zero, while training."""
        if not self.training or not self.share:
            return x
        if x.is_cuda:
            return functional.dropout(x, self.share)
        size = x.numel()
        if self.pool.numel() < size + 65536:
            pool = (torch.rand(2 * size + 65536) >= self.share).float() / (1 - self.share)
            self.pool = pool.to(x.dtype)
        start = int(torch.randint(self.pool.numel() - size, (1,)))
        return x * self.pool[start : start + size].view(x.shape)


class Attention(nn.Module):
    """Several heads of attention from x to a memory."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.q, self.kv = heads, nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, hidden: Tensor) -> Tensor:
        """The attended memory; `hidden` is added to the scores (0, or -inf where not to look)."""
        rows, length, width = x.shape
        q = self.q(x).view(rows, length, self.heads, -1).transpose(1, 2)
        k, v = self.kv(memory).view(rows, memory.shape[1], 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        if x.is_cuda:
            y = functional.scaled_dot_product_attention(q, k, v, attn_mask=hidden)
        else:
            scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
            y = (scores + hidden).softmax(-1) @ v
        return self.out(y.transpose(1, 2).reshape(rows, length, width))


class FeedForward(nn.Module):
    """Two linear maps with a ReLU between them."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """x mapped, position by position."""
        return self.down(functional.relu(self.up(x)))


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward part."""

    def __init__(self, width: int, inner: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.n1, self.attn = nn.LayerNorm(width), Attention(width, heads)
        self.n2, self.ff = nn.LayerNorm(width), FeedForward(width, inner)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        """The next layer's x."""
        y = self.n1(x)
        x = x + self.drop(self.attn(y, y, padding))
        return x + self.drop(self.ff(self.n2(x)))


class DecoderLayer(nn.Module):
    """Self-attention, attention to the source, then the feed-forward part."""

    def __init__(self, width: int, inner: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.n1, self.attn = nn.LayerNorm(width), Attention(width, heads)
        self.n2, self.cross = nn.LayerNorm(width), Attention(width, heads)
        self.n3, self.ff = nn.LayerNorm(width), FeedForward(width, inner)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, memory: Tensor, padding: Tensor, future: Tensor) -> Tensor:
        """The next layer's x."""
        y = self.n1(x)
        x = x + self.drop(self.attn(y, y, future))
        x = x + self.drop(self.cross(self.n2(x), memory, padding))
        return x + self.drop(self.ff(self.n3(x)))


class Translator(nn.Module):
    """Source (rows, S) and decoder input (rows, T) to hidden states (rows, T, width); embeddings are shared three ways."""

    def __init__(self, shape: dict[str, int], dropout: float = 0.0) -> None:
        super().__init__()
        self.shape, width = shape, shape["d"]
        block = (width, shape["ffn"], shape["heads"], dropout)
        self.embed = nn.Embedding(shape["vocab"], width)
        self.enc = nn.ModuleList(EncoderLayer(*block) for _ in range(shape["encoder"]))
        self.dec = nn.ModuleList(DecoderLayer(*block) for _ in range(shape["decoder"]))
        self.enc_norm, self.dec_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(shape["vocab"]))
        self.drop = Dropout(dropout)
        self.register_buffer("position", sinusoids(LONGEST, width), persistent=False)
        future = torch.full((LONGEST, LONGEST), float("-inf")).triu(1)
        self.register_buffer("future", future, persistent=False)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=width**-0.5) if name == "embed.weight" else nn.init.xavier_uniform_(p)

    def _embedded(self, ids: Tensor) -> Tensor:
        return self.drop(self.embed(ids) * math.sqrt(self.shape["d"]) + self.position[: ids.shape[1]])

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """The decoder's normalised states, to be projected by `embed.weight` and `bias`."""
        x, y = self._embedded(source), self._embedded(target)
        padding = torch.zeros(source.shape, dtype=x.dtype, device=x.device)
        padding = padding.masked_fill(source == PAD, float("-inf"))[:, None, None, :]
        length = target.shape[1]
        future = self.future[:length, :length]
        for layer in self.enc:
            x = layer(x, padding)
        memory = self.enc_norm(x)
        for layer in self.dec:
            y = layer(y, memory, padding, future)
        return self.dec_norm(y)


class _TokenLoss(torch.autograd.Function):
    """Cross entropy with label smoothing over a projection to the vocabulary, its gradient made in the same pass."""

    @staticmethod
    def forward(ctx, hidden, weight, bias, targets, smoothing):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
        """The summed smoothed loss and the summed plain loss, in nats."""
        count, vocab = len(targets), len(weight)
        size = count if hidden.is_cuda else CHUNK
        grad_hidden, grad_weight = torch.empty_like(hidden), torch.zeros_like(weight, dtype=torch.float32)
        grad_bias = torch.zeros(vocab, dtype=torch.float32, device=weight.device)
        smooth = plain = 0.0
        for start in range(0, count, size):
            h, t = hidden[start : start + size], targets[start : start + size, None]
            logits = functional.linear(h, weight, bias).float()
            total = logits.logsumexp(1, keepdim=True)
            nll = (total - logits.gather(1, t)).sum()
            plain = plain + nll
            smooth = smooth + (1 - smoothing) * nll + smoothing * (total.sum() - logits.sum() / vocab)
            p = logits.sub_(total).exp_().sub_(smoothing / vocab)
            p.scatter_add_(1, t, torch.full_like(t, smoothing - 1, dtype=p.dtype))
            p = p.to(hidden.dtype)
            grad_bias += p.sum(0, dtype=torch.float32)
            torch.mm(p, weight, out=grad_hidden[start : start + size])
            grad_weight += p.t() @ h
        ctx.save_for_backward(grad_hidden, grad_weight.to(weight.dtype), grad_bias.to(bias.dtype))
        return torch.stack([smooth, plain])

    @staticmethod
    def backward(ctx, grad):  # type: ignore[no-untyped-def]
        """The kept gradients; only the smoothed loss has one."""
        hidden, weight, bias = ctx.saved_tensors
        scale = grad[0].to(hidden.dtype)
        return hidden * scale, weight * scale, bias * scale, None, None


def token_loss(
    network: Translator, batch: tuple[Tensor, Tensor, Tensor], spoken: Tensor, smoothing: float
) -> tuple[Tensor, Tensor, int]:
    """Smoothed and plain loss summed over a batch's real target tokens, and their number.

    `spoken` are the sorted ids that targets consist of: no others are given a probability, which halves the work.
    """
    source, given, wanted = batch
    keep = (wanted != PAD).flatten().nonzero().squeeze(1)
    hidden = network(source, given).flatten(0, 1).index_select(0, keep)
    targets = torch.searchsorted(spoken, wanted.flatten().index_select(0, keep))
    weight, bias = network.embed.weight.index_select(0, spoken), network.bias.index_select(0, spoken)
    losses = _TokenLoss.apply(hidden, weight, bias, targets, smoothing)
    return losses[0], losses[1].detach(), len(keep)
