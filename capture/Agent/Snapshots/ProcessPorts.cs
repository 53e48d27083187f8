using System.Globalization;

namespace Replay.Agent.Snapshots;

/// <summary>The local TCP ports of a process, from <c>/proc</c>: for tools whose sessions are encrypted and so do not tell who they are.</summary>
internal static class ProcessPorts
{
    /// <summary>Its ports; none if the process has ended or may not be looked at.</summary>
    public static IReadOnlyList<int> Of(int processId)
    {
        try
        {
            var inodes = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
                .Select(path => new FileInfo(path).LinkTarget)
                .Where(target => target is not null && target.StartsWith("socket:[", StringComparison.Ordinal))
                .Select(target => target!["socket:[".Length..^1])
                .ToHashSet(StringComparer.Ordinal);
            return inodes.Count == 0 ? [] : [.. Table(processId, "tcp", inodes), .. Table(processId, "tcp6", inodes)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Lines of proc(5)'s net/tcp: number, local address:port in hexadecimal, ..., inode as the tenth field.</summary>
    private static IEnumerable<int> Table(int processId, string name, HashSet<string> inodes)
    {
        const int LocalField = 1;
        const int InodeField = 9;
        foreach (var line in File.ReadLines($"/proc/{processId}/net/{name}").Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > InodeField && inodes.Contains(fields[InodeField])
                && int.TryParse(fields[LocalField].AsSpan(fields[LocalField].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port))
            {
                yield return port;
            }
        }
    }
}
