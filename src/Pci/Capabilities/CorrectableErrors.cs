namespace Devices.Pci;

/// <summary>Correctable errors of Advanced Error Reporting: status and mask have the same bits (<c>PCI_ERR_COR_*</c>).</summary>
[Flags]
public enum CorrectableErrors : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Receiver Error.</summary>
    Receiver = 0x1,

    /// <summary>Bad TLP.</summary>
    BadTlp = 0x40,

    /// <summary>Bad DLLP.</summary>
    BadDllp = 0x80,

    /// <summary>REPLAY_NUM Rollover.</summary>
    ReplayNumRollover = 0x100,

    /// <summary>Replay Timer Timeout.</summary>
    ReplayTimerTimeout = 0x1000,

    /// <summary>Advisory Non-Fatal Error.</summary>
    AdvisoryNonFatal = 0x2000,

    /// <summary>Corrected Internal Error.</summary>
    CorrectedInternal = 0x4000,

    /// <summary>Header Log Overflow.</summary>
    HeaderLogOverflow = 0x8000,
}
