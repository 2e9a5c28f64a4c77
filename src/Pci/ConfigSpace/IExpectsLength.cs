namespace Devices.Pci;

/// <summary>A space that asks the device for its length unless it is told.</summary>
internal interface IExpectsLength
{
    /// <summary>Takes over the length that another function's space turned out to have for the same process, if its own is not known yet.</summary>
    void ExpectLength(int length);
}
