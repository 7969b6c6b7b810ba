namespace Pellucid.Tensors.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Buffer_RentedTwice_IsReused()
    {
        Memory.NativeBuffer first = Memory.NativeBuffer.Rent(1000);
        first.Release();
        Memory.NativeBuffer second = Memory.NativeBuffer.Rent(1000);
        Assert.True(second.Capacity >= 1000);
        second.Release();
    }
}
