using System.CommandLine;
using Replay.Client;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary><c>--map-user</c> and <c>--map-database</c>, or the same of the other server with <c>--against-</c> before it.</summary>
internal sealed class MapOptions(string prefix = "--")
{
    private readonly Option<string[]> _users = Map($"{prefix}map-user", $"{Whose(prefix)} user for a captured one; may be given several times.");

    private readonly Option<string[]> _databases = Map(
        $"{prefix}map-database",
        $"{Whose(prefix)} database for a captured one, which sessions log in to and choose by USE; may be given several times. Names within other statements stay as they were.");

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        AddUsersTo(command);
        command.Options.Add(_databases);
    }

    /// <summary>Adds the first alone to a command that restores, which is by the snapshot's own names.</summary>
    public void AddUsersTo(Command command) => command.Options.Add(_users);

    /// <summary>The names that were given.</summary>
    public TargetNames Read(ParseResult parsed) => Read(parsed.GetValue(_users) ?? [], parsed.GetValue(_databases) ?? []);

    /// <summary>Reads <c>OLD=NEW</c>; a <see cref="CommandException"/> for what is none, or says two things of one name.</summary>
    public static TargetNames Read(IReadOnlyList<string> users, IReadOnlyList<string> databases)
    {
        var names = new TargetNames { Users = Pairs(users, "--map-user"), Databases = Pairs(databases, "--map-database") };
        return names.Databases.GroupBy(static d => d.Value, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { } twice
            ? throw new CommandException($"--map-database: {string.Join(" and ", twice.Select(static d => d.Key))} cannot both be {twice.Key}")
            : names;
    }

    private static string Whose(string prefix) => prefix == "--" ? "The target's" : "The new server's";

    private static Option<string[]> Map(string name, string description) => new(name) { Description = description, HelpName = "OLD=NEW" };

    private static Dictionary<string, string> Pairs(IReadOnlyList<string> texts, string option)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == text.Length - 1)
            {
                throw new CommandException($"{option} {text}: expected OLD=NEW");
            }

            if (!pairs.TryAdd(text[..at], text[(at + 1)..]))
            {
                throw new CommandException($"{option}: '{text[..at]}' is mapped twice");
            }
        }

        return pairs;
    }
}
