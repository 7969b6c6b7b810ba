global using Pellucid.Activations;
global using Pellucid.Dictionaries.Tests.Data;
global using Pellucid.Models;
global using Pellucid.Tensors;
global using Pellucid.Tensors.Files;
