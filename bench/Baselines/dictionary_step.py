"""One training step of a sparse autoencoder, or its encoding, in PyTorch, as fast as PyTorch makes it on a CPU: gradients written by hand
without a tape, arrays reused in place. Reads 'run' lines on standard input; answers each with the seconds it took.

    dictionary_step.py KIND ROWS WIDTH LATENTS K SHIFT THREADS

KIND: topk (dense decoding and gradients), topk-bag (decoding by embedding_bag), topk-bag-both (the encoder's gradient by embedding_bag too),
topk-autograd and topk-bag-autograd (the first two as they are usually written: a tape, and torch.optim.Adam), relu (ReLU + L1),
encode-top20 (encode, and keep each latent's 20 largest), keep-top20 (the keeping alone).
"""
import math
import sys
import time

import torch
import torch.nn.functional as F

KEPT = 20


class Adam:
    def __init__(self, parameter):
        self.parameter, self.m, self.v = parameter, torch.zeros_like(parameter), torch.zeros_like(parameter)
        self.work = torch.empty_like(parameter)

    def update(self, gradient, step, rate=1e-4, beta1=0.9, beta2=0.999, epsilon=6.25e-10):
        self.m.lerp_(gradient, 1 - beta1)
        self.v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        torch.sqrt(self.v, out=self.work).mul_(1 / math.sqrt(1 - beta2 ** step)).add_(epsilon)
        self.parameter.addcdiv_(self.m, self.work, value=-rate / (1 - beta1 ** step))


class Step:
    def __init__(self, kind, rows, width, latents, k, shift):
        generator = torch.Generator().manual_seed(7)
        self.kind, self.k, self.rows, self.step = kind, k, rows, 0
        self.x = torch.randn(rows, width, generator=generator)
        decoder = F.normalize(torch.randn(latents, width, generator=generator))
        self.encoder, self.decoder = decoder.clone(), decoder
        self.encoder_bias, self.decoder_bias = torch.full((latents,), shift), torch.zeros(width)
        self.adams = [Adam(p) for p in (self.encoder, self.encoder_bias, self.decoder, self.decoder_bias)]
        self.z = torch.empty(rows, latents)
        self.dz = torch.zeros(rows, latents)
        self.d_encoder, self.d_decoder = torch.empty_like(self.encoder), torch.empty_like(self.decoder)
        self.offsets = torch.arange(0, rows * k, k)

    def encode(self):
        x = self.x - self.decoder_bias
        return x, torch.addmm(self.encoder_bias, x, self.encoder.t(), out=self.z)

    def run(self):
        self.step += 1
        x, z = self.encode()
        getattr(self, "gradients_" + self.kind.replace("-", "_"))(x, z)
        if self.kind.startswith("topk-bag"):
            self.d_decoder = self.bag_gradient
        along = (self.d_decoder * self.decoder).sum(1, keepdim=True)
        self.d_decoder.addcmul_(self.decoder, along, value=-1)
        for adam, gradient in zip(self.adams, (self.d_encoder, self.d_bias, self.d_decoder, self.d_decoder_bias)):
            adam.update(gradient, self.step)
        self.decoder.div_(torch.linalg.vector_norm(self.decoder, dim=1, keepdim=True))

    def gradients_topk(self, x, z):
        values, indices = z.topk(self.k, dim=1, sorted=False)
        f = z.zero_().scatter_(1, indices, values.relu_())
        u = torch.mm(f, self.decoder).sub_(x).mul_(2 / self.rows)
        torch.mm(f.t(), u, out=self.d_decoder)
        dz = torch.mm(u, self.decoder.t(), out=self.dz).mul_(f > 0)
        torch.mm(dz.t(), x, out=self.d_encoder)
        self.biases(u, dz.sum(0))

    def gradients_topk_bag(self, x, z):
        values, indices, u, slopes = self.bag(x, z)
        dz = self.dz.zero_().scatter_(1, indices, slopes)
        torch.mm(dz.t(), x, out=self.d_encoder)
        self.biases(u, dz.sum(0))

    def gradients_topk_bag_both(self, x, z):
        values, indices, u, slopes = self.bag(x, z)
        self.d_encoder, _ = self.through_bag(self.encoder, indices, slopes, x)
        self.biases(u, torch.zeros_like(self.encoder_bias).index_add_(0, indices.flatten(), slopes.flatten()))

    def bag(self, x, z):
        values, indices = z.topk(self.k, dim=1, sorted=False)
        values = values.relu_()
        with torch.enable_grad():
            weight, amounts = self.decoder.detach().requires_grad_(), values.detach().flatten().requires_grad_()
            decoded = F.embedding_bag(indices.flatten(), weight, self.offsets, mode="sum", per_sample_weights=amounts)
            u = decoded.detach().sub(x).mul_(2 / self.rows)
            decoded.backward(u)
        self.bag_gradient = weight.grad
        return values, indices, u, amounts.grad.view_as(values).mul_(values > 0)

    def through_bag(self, table, indices, amounts, gradient):
        with torch.enable_grad():
            weight, amounts = table.detach().requires_grad_(), amounts.flatten()
            F.embedding_bag(indices.flatten(), weight, self.offsets, mode="sum", per_sample_weights=amounts).backward(gradient)
        return weight.grad, None

    def gradients_relu(self, x, z):
        f = z.relu_()
        u = torch.mm(f, self.decoder).sub_(x).mul_(2 / self.rows)
        torch.mm(f.t(), u, out=self.d_decoder)
        dz = torch.mm(u, self.decoder.t(), out=self.dz).add_(1e-3 / self.rows).mul_(f > 0)
        torch.mm(dz.t(), x, out=self.d_encoder)
        self.biases(u, dz.sum(0))

    def biases(self, u, d_bias):
        self.d_bias = d_bias
        self.d_decoder_bias = u.sum(0).sub_(torch.mv(self.encoder.t(), d_bias))


class Autograd:
    """The step as it is usually written."""

    def __init__(self, step, bag):
        self.x, self.k, self.bag = step.x, step.k, bag
        self.parameters = [torch.nn.Parameter(p) for p in (step.encoder, step.encoder_bias, step.decoder, step.decoder_bias)]
        self.offsets = step.offsets
        self.optimizer = torch.optim.Adam(self.parameters, lr=1e-4, eps=6.25e-10, foreach=True)

    def run(self):
        encoder, encoder_bias, decoder, decoder_bias = self.parameters
        with torch.enable_grad():
            values, indices = F.linear(self.x - decoder_bias, encoder, encoder_bias).topk(self.k, dim=1, sorted=False)
            values = values.relu()
            if self.bag:
                decoded = F.embedding_bag(indices.flatten(), decoder, self.offsets, mode="sum", per_sample_weights=values.flatten())
            else:
                decoded = torch.zeros(self.x.shape[0], decoder.shape[0]).scatter(1, indices, values) @ decoder
            loss = (decoded + decoder_bias - self.x).square().sum(1).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        decoder.grad.addcmul_(decoder, (decoder.grad * decoder).sum(1, keepdim=True), value=-1)
        self.optimizer.step()
        decoder.div_(torch.linalg.vector_norm(decoder, dim=1, keepdim=True))


class Keep:
    """Each latent's 20 largest over the batches, with the rows that they are from."""

    def __init__(self, step, encode):
        self.step, self.encodes, self.at = step, encode, 0
        latents = step.encoder.shape[0]
        self.values, self.rows = torch.zeros(latents, KEPT), torch.full((latents, KEPT), -1)
        self.z = step.encode()[1].relu_()

    def run(self):
        if self.encodes:
            self.z = self.step.encode()[1].relu_()
        best, rows = self.z.topk(KEPT, dim=0)
        values, rows = torch.cat([self.values, best.t()], 1), torch.cat([self.rows, rows.t() + self.at], 1)
        self.values, chosen = values.topk(KEPT, dim=1)
        self.rows = rows.gather(1, chosen)
        self.at += self.step.rows


def main():
    kind, rows, width, latents, k = sys.argv[1], *map(int, sys.argv[2:6])
    torch.set_num_threads(int(sys.argv[7]))
    with torch.no_grad():
        keeping = kind.endswith("top20")
        work = Step("relu" if keeping else kind, rows, width, latents, k, float(sys.argv[6]))
        if kind.endswith("autograd"):
            work = Autograd(work, "bag" in kind)
        if keeping:
            work = Keep(work, kind.startswith("encode"))
        print("ready", torch.__version__, flush=True)
        for line in sys.stdin:
            start = time.perf_counter()
            work.run()
            print(time.perf_counter() - start, flush=True)


main()
