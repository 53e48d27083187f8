using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using Microsoft.Win32.SafeHandles;

namespace Replay.Replayer;

/// <summary>
/// Keeps the processors of this host from sleeping deeply while a run plays (<see href="https://docs.kernel.org/power/pm_qos_interface.html">PM QoS</see>: a file that is held open with the longest
/// wake-up that is tolerable). Under a hypervisor one that has nothing to do is given back, and comes again when the hypervisor finds it convenient: threads that wait for a moment or a response woke up
/// to 2.6 ms late in one of a hundred cases, 0.1 ms with this, and the time counted as stolen. Where the system does not allow it (it wants write access to the file: root, as a rule) they sleep.
/// </summary>
public sealed class AwakeProcessors : IDisposable
{
    /// <summary>The kernel's file.</summary>
    public const string File = "/dev/cpu_dma_latency";

    // On bare metal the lightest sleep wakes within 2 us and saves the power of 24 hours' polling; under a hypervisor any sleep is given back, and only 0 prevents that (drivers/cpuidle/governors/haltpoll.c).
    private const int BareMetalMicroseconds = 3;

    private readonly SafeFileHandle? _held;

    private AwakeProcessors(SafeFileHandle? held) => _held = held;

    /// <summary>Whether the system allowed it.</summary>
    public bool IsGranted => _held is not null;

    /// <summary>Keeps them awake until this is disposed, or the process ends.</summary>
    /// <param name="file">Which file; another one for tests.</param>
    public static AwakeProcessors Keep(string file = File)
    {
        Span<byte> microseconds = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(microseconds, IsVirtual() ? 0 : BareMetalMicroseconds);
        SafeFileHandle? held = null;
        try
        {
            held = System.IO.File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(held, microseconds, 0);
            return new AwakeProcessors(held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose(); // not there or not allowed: the certificate says so
            return new AwakeProcessors(null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held?.Dispose();

    // CPUID leaf 1, ECX bit 31: never set by a processor, always by a hypervisor. On others than x86 it is not asked.
    private static bool IsVirtual() => X86Base.IsSupported && X86Base.CpuId(1, 0).Ecx < 0;
}
