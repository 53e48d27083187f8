using System.CommandLine;
using Replay.Agent.CommandLine;
using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>The options of a snapshot.</summary>
internal sealed class SnapshotOptions
{
    private const string HookPrefix = "hook:";
    private static readonly string[] Tools = ["pg_dump", "pg_basebackup", "mysqldump", "mariadb-dump", "mariadb-backup"];

    private readonly Option<string?> _tool = new Option<string?>("--snapshot")
    {
        Description = "Take a snapshot with the vendor's own tool as soon as sniffing runs: pg_dump, pg_basebackup, mysqldump, mariadb-dump, mariadb-backup, or hook:CMD (see the README).",
        HelpName = "TOOL",
    };

    private readonly Option<string?> _url = new("--snapshot-url")
    {
        Description = "Where the tool logs in: postgres://user:password@host:port/database (all databases if none is named) or mysql://... The password may come from PGPASSWORD or MYSQL_PWD instead.",
        HelpName = "URL",
    };

    private readonly Option<TimeSpan?> _wait = new("--snapshot-wait")
    {
        Description = "How long to wait for the end of transactions that were open when sniffing began; 5m by default. Those left are named in the manifest.",
        HelpName = "TIME",
        CustomParser = Quantities.Duration,
    };

    private readonly Option<TimeSpan?> _hold = new("--snapshot-hold")
    {
        Description = "mysqldump, mariadb-dump: how long commits may be held up at most for the moment of the cut, which makes it exact; 2s by default, 0s: not at all.",
        HelpName = "TIME",
        CustomParser = Quantities.Duration,
    };

    private readonly Option<string?> _tools = new("--snapshot-tools") { Description = "The folder of the vendor's tools, if they are not in the PATH.", HelpName = "DIR" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _tool, _url, _wait, _hold, _tools })
        {
            command.Add(option);
        }
    }

    /// <summary>What the command line asks for; null if no snapshot.</summary>
    public SnapshotRequest? Read(ParseResult parsed)
    {
        var tool = parsed.GetValue(_tool);
        var url = parsed.GetValue(_url);
        if (tool is null)
        {
            return url is null ? null : throw new UserException("--snapshot-url without --snapshot: say which tool takes the snapshot");
        }

        var command = tool.StartsWith(HookPrefix, StringComparison.Ordinal) ? tool[HookPrefix.Length..] : null;
        if (command is null ? !Tools.Contains(tool) : string.IsNullOrWhiteSpace(command))
        {
            throw new UserException($"--snapshot {tool}: it is one of {string.Join(", ", Tools)}, or hook: and a command");
        }

        var request = new SnapshotRequest
        {
            Tool = command is null ? tool : "hook",
            Command = command,
            Url = SnapshotUrl.Parse(url ?? throw new UserException($"--snapshot {tool} needs --snapshot-url")),
            Wait = parsed.GetValue(_wait) ?? TimeSpan.FromMinutes(5),
            Hold = parsed.GetValue(_hold) ?? TimeSpan.FromSeconds(2),
            ToolFolder = parsed.GetValue(_tools),
        };
        return request.Command is not null || request.IsPostgres == request.Url.IsPostgres
            ? request
            : throw new UserException($"--snapshot {tool} and --snapshot-url {request.Url} are of different engines");
    }
}
