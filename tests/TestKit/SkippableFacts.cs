using Xunit;

namespace Replay.TestKit;

/// <summary>A test that needs <see cref="SharedFolder"/>; skipped without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    /// <summary>A test that needs this file or folder of the shared folder.</summary>
    public SharedFactAttribute(string relative = "") => Skip = SharedFolder.TryFind(relative, out _) ? null : SharedFolder.Absent;
}

/// <summary>As <see cref="SharedFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    /// <summary>A theory that needs this file or folder of the shared folder.</summary>
    public SharedTheoryAttribute(string relative = "") => Skip = SharedFolder.TryFind(relative, out _) ? null : SharedFolder.Absent;
}

/// <summary>A test on real servers; skipped where <c>REPLAY_SERVERS=off</c> says so, or where a program that it needs is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ServerFactAttribute : FactAttribute
{
    /// <summary>A test that needs the servers of the kit and these programs (names as in <see cref="Clients"/>).</summary>
    public ServerFactAttribute(params string[] programs) => Skip = ServerNeeds.Missing(programs);

    /// <summary>Whether it also needs the right to capture packets.</summary>
    public bool Live
    {
        get => false;
        set => Skip ??= value ? ServerNeeds.MissingCaptureRight() : null;
    }
}

/// <summary>As <see cref="ServerFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ServerTheoryAttribute : TheoryAttribute
{
    /// <summary>A theory that needs the servers of the kit and these programs (names as in <see cref="Clients"/>).</summary>
    public ServerTheoryAttribute(params string[] programs) => Skip = ServerNeeds.Missing(programs);

    /// <summary>Whether it also needs the right to capture packets.</summary>
    public bool Live
    {
        get => false;
        set => Skip ??= value ? ServerNeeds.MissingCaptureRight() : null;
    }
}

/// <summary>What tests on real servers need of the machine.</summary>
public static class ServerNeeds
{
    /// <summary>Why such a test cannot run here; null if it can.</summary>
    public static string? Missing(IEnumerable<string> programs)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "real servers run on Linux only";
        }

        if (Environment.GetEnvironmentVariable("REPLAY_SERVERS") == "off")
        {
            return "REPLAY_SERVERS=off";
        }

        return programs.Select(Clients.WhyMissing).FirstOrDefault(why => why is not null);
    }

    /// <summary>Why packets cannot be captured here; null if they can.</summary>
    public static string? MissingCaptureRight()
    {
        const int netRaw = 13; // capabilities(7): CAP_NET_RAW
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        var bits = line is null ? 0 : Convert.ToUInt64(line["CapEff:".Length..].Trim(), 16);
        return (bits >> netRaw & 1) == 1 ? null : "no right to capture packets: run as root or with CAP_NET_RAW";
    }
}

/// <summary>A test that mounts a small disk in a namespace of its own; skipped, with the reason, where namespaces cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(FindOut);

    /// <summary>A test that needs a small disk.</summary>
    public SmallDiskFactAttribute() => Skip = Missing.Value;

    private static string? FindOut()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "namespaces are Linux's";
        }

        if (Clients.WhyMissing("unshare") is { } missing)
        {
            return missing;
        }

        using var unshare = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = unshare.StandardError.ReadToEnd().Trim();
        unshare.WaitForExit();
        return unshare.ExitCode == 0 ? null : $"no small disk can be mounted here (unshare -rm mount): {error}";
    }
}
