"""Small files of torch.save (PyTorch 1.13.1), with what is in them beside: run in this folder with a Python that has torch."""
import collections
import json

import torch

torch.manual_seed(5)
net = torch.nn.Linear(3, 2)
state = net.state_dict()  # has versions of modules as an attribute
torch.save(state, "module_zip.pt")
torch.save(state, "module_legacy.pt", _use_new_zipfile_serialization=False)
torch.save(state, "module_protocol5.pt", pickle_protocol=5)
torch.save(net.bias.data, "alone.pt")
training = {
    "epoch": 3,
    "best_loss": torch.tensor(0.5),
    "state_dict": collections.OrderedDict((f"module.{name}", value) for name, value in state.items()),
    "optimizer": {"state": {0: {"step": torch.tensor(4.0)}}, "param_groups": [{"lr": 0.1, "params": [0, 1], "betas": (0.9, 0.999)}]},
}
torch.save(training, "training.pt")
json.dump({name: value.tolist() for name, value in state.items()}, open("golden.json", "w"))
torch.save(net, "whole_module.pt")
