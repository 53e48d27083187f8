using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Files of logical decoding as an option names them: <c>FILE</c>, or <c>DATABASE=FILE</c> where the workload has several databases.</summary>
public static class LogicalDecodingFiles
{
    /// <summary>Which files are of which database.</summary>
    /// <exception cref="CommandException">It is not told whose one is.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ByDatabase(RunOptions options, WorkloadReader reader) =>
        ByDatabase(options.LogicalDecoding, [.. reader.Sessions.Where(s => s.Engine == Engine.PostgreSql).Select(s => s.Database ?? options.Target.Database ?? "").Distinct(StringComparer.Ordinal)]);

    /// <summary>Refuses what cannot be used, before anything is begun.</summary>
    /// <exception cref="CommandException">Of another server's kind, not to be read, or of no known database.</exception>
    public static void Check(RunOptions options, WorkloadReader reader)
    {
        if (options.LogicalDecoding.Count == 0)
        {
            return;
        }

        if (options.Target.Engine != Engine.PostgreSql)
        {
            throw new CommandException("--logical-decoding: that is PostgreSQL's; of MySQL and MariaDB --binary-log takes the binary log");
        }

        if (reader.Manifest.Servers.Count(s => s.Engine == Engine.PostgreSql) > 1)
        {
            throw new CommandException("--logical-decoding: the workload holds traffic of several servers, whose databases may have the same names");
        }

        foreach (var path in ByDatabase(options, reader).Values.SelectMany(static f => f))
        {
            DecodedFile.Open(path).Dispose();
        }
    }

    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> ByDatabase(IReadOnlyList<string> names, IReadOnlyList<string> databases)
    {
        var files = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var owner = databases.FirstOrDefault(d => name.StartsWith($"{d}=", StringComparison.Ordinal));
            if (owner is null && databases.Count != 1)
            {
                throw new CommandException($"--logical-decoding {name}: say which database it is of, DATABASE={name}; the workload has {string.Join(", ", databases.Order(StringComparer.Ordinal))}");
            }

            var database = owner ?? databases[0];
            files[database] = [.. files.GetValueOrDefault(database) ?? [], owner is null ? name : name[(database.Length + 1)..]];
        }

        return files;
    }
}
