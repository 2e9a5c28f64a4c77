namespace Devices.Drivers;

/// <summary>Where the rings of a queue pair stand.</summary>
/// <param name="SubmissionTail">The next entry of the submission queue to be written.</param>
/// <param name="CompletionHead">The next entry of the completion queue to be read.</param>
/// <param name="Phase">The phase tag that the next completion will carry.</param>
public readonly record struct NvmeQueuePosition(int SubmissionTail, int CompletionHead, bool Phase);
