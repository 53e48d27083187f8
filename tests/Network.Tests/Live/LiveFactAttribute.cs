using System.Runtime.InteropServices;
using Replay.TestKit;

namespace Replay.Network.Tests.Live;

/// <summary>A test that captures packets of the loopback interface; skipped where that is not possible.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LiveFactAttribute : FactAttribute
{
    public LiveFactAttribute() => Skip = LiveNeeds.WhyMissing;
}

/// <summary>As <see cref="LiveFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LiveTheoryAttribute : TheoryAttribute
{
    public LiveTheoryAttribute() => Skip = LiveNeeds.WhyMissing;
}

/// <summary>What live capture needs of the machine.</summary>
internal static class LiveNeeds
{
    public static string? WhyMissing { get; } = Find();

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "live capture works on Linux only";
        }

        if (!NativeLibrary.TryLoad("libpcap.so.0.8", out nint library))
        {
            return "libpcap is not installed: apt install libpcap0.8";
        }

        NativeLibrary.Free(library);
        return ServerNeeds.MissingCaptureRight();
    }
}
