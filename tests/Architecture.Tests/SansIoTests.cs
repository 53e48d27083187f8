namespace Replay.Architecture.Tests;

/// <summary>Decoders, lexer and statistics see bytes and numbers; time is a parameter.</summary>
public sealed class SansIoTests
{
    private static readonly string[] Pure = ["Replay.Protocol", "Replay.Sql", "Replay.Statistics"];

    private static readonly string[] BannedTypes =
    [
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Threading.Thread", "System.Threading.Timer", "System.Threading.ThreadPool",
        "System.Console", "System.Diagnostics.Process", "System.IO.File", "System.IO.FileStream", "System.IO.FileInfo", "System.IO.Directory",
        "System.IO.DirectoryInfo", "System.IO.RandomAccess", "System.IO.StreamReader", "System.IO.StreamWriter",
    ];

    // Compression over memory and loops that only compute on several processors are pure; tasks, channels and pipes are not.
    private static readonly string[] BannedPrefixes =
        ["System.Net.Sockets.", "System.Net.Security.", "System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask", "System.Threading.Channels.", "System.IO.Pipes.", "System.IO.Pipelines."];

    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_UtcNow", "System.DateTime.get_Now", "System.DateTime.get_Today", "System.DateTimeOffset.get_UtcNow", "System.DateTimeOffset.get_Now",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Random.get_Shared", "System.Guid.NewGuid",
        "System.Environment.GetEnvironmentVariable",
    ];

    [Fact]
    public void PureProjectsUseNoSocketsFilesTasksOrThreads() => Rule.Holds(
        "A pure project uses I/O, tasks, threads or a clock. Give it spans and the time as a parameter; what does I/O belongs to Network, Client or a program.",
        from name in Pure
        from type in House.Find(name).Facts.Types
        where BannedTypes.Contains(type) || BannedPrefixes.Any(p => type.StartsWith(p, StringComparison.Ordinal))
        select $"{name}: {type}");

    [Fact]
    public void PureProjectsReadNoClockAndNoChance() => Rule.Holds(
        "A pure project reads a clock, the environment or unseeded randomness: take it as a parameter.",
        from name in Pure
        from member in House.Find(name).Facts.Members.Intersect(BannedMembers)
        select $"{name}: {member}");

    [Fact]
    public void NativeCodeIsCalledWhereTheDesignPutsIt()
    {
        var allowed = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Replay.Network"] = ["libpcap.so.0.8", "libc"],
            ["Replay.Workload"] = ["libzstd.so.1", "libc"],
            ["Replay.Client"] = ["libc"],
            ["dbcapture"] = ["libc"],
            ["dbreplay"] = ["libc"],
            ["dbcompare"] = ["libc"],
        };
        Rule.Holds(
            "A project calls a native library that it has no business with.",
            from project in House.Projects
            from import in project.Facts.Imports
            where !allowed.GetValueOrDefault(project.Assembly, []).Contains(import[..import.IndexOf(':', StringComparison.Ordinal)])
            select $"{project.Assembly}: {import}");
    }
}
