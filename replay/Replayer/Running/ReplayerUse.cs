using System.Diagnostics;

namespace Replay.Replayer;

/// <summary>What the replayer used and what was taken from it while the schedule was played.</summary>
/// <param name="Seconds">How long that was, without the turns of another run.</param>
/// <param name="ElapsedSeconds">How long that was with them; what follows is counted over all of it.</param>
/// <param name="CpuSeconds">Processor time of the replayer.</param>
/// <param name="OthersSeconds">Processor time of everything else on this host, and what a hypervisor gave to others; null where it is not known.</param>
/// <param name="StolenSeconds">The hypervisor's part of that.</param>
/// <param name="WaitSeconds">How long the replayer's threads stood in line for a processor, in all.</param>
public sealed record ReplayerUse(double Seconds, double ElapsedSeconds, double CpuSeconds, double? OthersSeconds, double? StolenSeconds, double? WaitSeconds)
{
    /// <summary>Nothing was played.</summary>
    public static ReplayerUse None { get; } = new(0, 0, 0, null, null, null);

    /// <summary>Both together; what is not known of one is not known.</summary>
    public ReplayerUse Plus(ReplayerUse other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this == None ? other : other == None ? this : new ReplayerUse(
            Seconds + other.Seconds, ElapsedSeconds + other.ElapsedSeconds, CpuSeconds + other.CpuSeconds, OthersSeconds + other.OthersSeconds, StolenSeconds + other.StolenSeconds, WaitSeconds + other.WaitSeconds);
    }

    /// <summary>Share of the processors that the replayer used.</summary>
    public double CpuShare => Seconds > 0 ? CpuSeconds / (Seconds * Environment.ProcessorCount) : 0;

    /// <summary>Share of the processors that was stolen.</summary>
    public double? StolenShare => ElapsedSeconds > 0 ? StolenSeconds / (ElapsedSeconds * Environment.ProcessorCount) : null;

    /// <summary>Time in line for a processor by the time it took.</summary>
    public double? WaitShare => ElapsedSeconds > 0 ? WaitSeconds / ElapsedSeconds : null;

    /// <summary>How many processors everything else used.</summary>
    public double? OtherProcessors => ElapsedSeconds > 0 ? OthersSeconds / ElapsedSeconds : null;
}

/// <summary>Measures <see cref="ReplayerUse"/> from where it is made.</summary>
public sealed class ReplayerMeter
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly double _cpu = CpuSeconds();
    private readonly double? _others = OthersSeconds();
    private readonly double? _stolen = HostCpu.StolenSeconds();
    private readonly ProcessorWaits _waits = new();

    /// <summary>Time since it was made.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Processor time of this process so far, seconds.</summary>
    public static double CpuSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>What was used since.</summary>
    /// <param name="stood">Time in which the other run of a pair had its turn.</param>
    public ReplayerUse Read(TimeSpan stood) => new(
        Math.Max(0.001, (Elapsed - stood).TotalSeconds), Math.Max(0.001, Elapsed.TotalSeconds), CpuSeconds() - _cpu, OthersSeconds() - _others is { } others ? Math.Max(0, others) : null, HostCpu.StolenSeconds() - _stolen,
        _waits.Since()?.TotalSeconds);

    private static double? OthersSeconds() => HostCpu.BusySeconds() - CpuSeconds();
}
