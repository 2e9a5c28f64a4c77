namespace Devices.Vfio;

// The kernel has these as macros of one flags word.
[Flags]
internal enum vfio_irq_set_flags : uint
{
    VFIO_IRQ_SET_DATA_NONE = 1 << 0,
    VFIO_IRQ_SET_DATA_BOOL = 1 << 1,
    VFIO_IRQ_SET_DATA_EVENTFD = 1 << 2,
    VFIO_IRQ_SET_ACTION_MASK = 1 << 3,
    VFIO_IRQ_SET_ACTION_UNMASK = 1 << 4,
    VFIO_IRQ_SET_ACTION_TRIGGER = 1 << 5,
}
