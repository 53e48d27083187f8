using Replay.Client;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Replay.Replayer;

/// <summary>What <c>dbreplay upgrade</c> does, as PLAN.yaml says it. Keys are these properties' names in lower case with underscores.</summary>
public sealed partial record UpgradePlan
{
    private const int DefaultExplained = 1000;
    private const double LongestAutomaticSliceSeconds = 5;
    private const double WantedSlices = 24;

    /// <summary>The workload's folder; relative paths are relative to the plan.</summary>
    public string Workload { get; set; } = "";

    /// <summary>The folder for the runs, <c>report.html</c> and <c>comparison.json</c>.</summary>
    public string Out { get; set; } = "";

    /// <summary>The old version's side: A.</summary>
    public UpgradeSide Baseline { get; set; } = new();

    /// <summary>The new version's side: B.</summary>
    public UpgradeSide Candidate { get; set; } = new();

    /// <summary>In which order the sides are played: letters A and B. Interleaved, two letters are a pair of runs, and the first of them goes first in the first slice.</summary>
    public string Order { get; set; } = "ABBA";

    /// <summary><c>sequential</c>: one run after the other; <c>interleaved</c>: runs of the two sides in pairs, slices of the workload in turn, with both servers up.</summary>
    public string Design { get; set; } = "sequential";

    /// <summary>Length of a slice on the run's clock, interleaved; <c>auto</c>: see <see cref="SliceFor"/>.</summary>
    public string Slice { get; set; } = "auto";

    /// <summary>How fast, as <c>run --speed</c>.</summary>
    public string Speed { get; set; } = "1";

    /// <summary>Which order between exchanges is kept, as <c>run --order</c>.</summary>
    public string ExchangeOrder { get; set; } = "key";

    /// <summary>Files of the captured server's binary log, as <c>run --binary-log</c>.</summary>
    public List<string> BinaryLog { get; set; } = [];

    /// <summary>Files of the captured databases' logical decoding, as <c>run --logical-decoding</c>.</summary>
    public List<string> LogicalDecoding { get; set; } = [];

    /// <summary>The interface to measure on; none: the client's clock.</summary>
    public string? Wire { get; set; }

    /// <summary>Who sessions log in as, as <c>run --login</c>.</summary>
    public string Login { get; set; } = "target";

    /// <summary>What is done about values, as <c>run --values</c>.</summary>
    public string Values { get; set; } = "exact";

    /// <summary>How often the transaction of a victim that production had not is sent again, as <c>run --retry-victims</c>; 0: not.</summary>
    public int RetryVictims { get; set; }

    /// <summary>The longest wait for a response, as <c>run --timeout</c>.</summary>
    public string Timeout { get; set; } = "10m";

    /// <summary>How many of the shapes that took most time each run explains at its end, as <c>run --explain</c>.</summary>
    public int Explain { get; set; } = DefaultExplained;

    /// <summary>How many runs in all are played again because the replayer's own lag, and nothing else, makes them unfit.</summary>
    public int PlayAgain { get; set; } = 2;

    /// <summary>Whether snapshots are restored; with false the sides hold the data already.</summary>
    public bool Restore { get; set; } = true;

    /// <summary>Whether every table and index is read once after each restore.</summary>
    public bool Prewarm { get; set; } = true;

    /// <summary>Checks to ignore, as <c>--force</c>.</summary>
    public List<string> Force { get; set; } = [];

    /// <summary>Folders in which programs are looked for before PATH.</summary>
    public List<string> Tools { get; set; } = [];

    /// <summary>Whether shapes that look slower and only read are executed again on both servers after the comparison, as <c>dbreplay confirm</c> does.</summary>
    public bool Confirm { get; set; } = true;

    /// <summary>How long that may take, as <c>confirm --max-time</c>.</summary>
    public string ConfirmTime { get; set; } = "5m";

    /// <summary>A file of differences that are accepted for a while, as <c>dbcompare --waivers</c>; none: null.</summary>
    public string? Waivers { get; set; }

    /// <summary>A file of objectives that the new server has to keep to, as <c>dbcompare --slo</c>; none: null.</summary>
    public string? Slo { get; set; }

    /// <summary>Further arguments of dbcompare.</summary>
    public List<string> Compare { get; set; } = [];

    /// <summary>Whether runs are played in pairs.</summary>
    [YamlIgnore]
    public bool IsInterleaved => Design == "interleaved";

    /// <summary>The slice for a schedule: as the plan has it, else 5 s, or less so that a short schedule has 24, but no less than a second.</summary>
    public TimeSpan SliceFor(TimeSpan schedule) =>
        Slice != "auto" ? Durations.Parse(Slice, "slice") : TimeSpan.FromSeconds(Math.Clamp(schedule.TotalSeconds / WantedSlices, 1, LongestAutomaticSliceSeconds));

    /// <summary>Reads a plan; a <see cref="CommandException"/> of one line if it cannot be understood.</summary>
    public static UpgradePlan Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the plan cannot be read: {e.Message}");
        }

        var plan = Parse(text, path).Rooted(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Said before hours of runs, not by the comparison after them.
        var (key, missing) = plan.Files().FirstOrDefault(static file => file.Path is not null && !File.Exists(file.Path));
        return missing is null ? plan : throw new CommandException($"{path}: '{key}' is '{missing}', and there is no such file");
    }

    /// <summary>Understands a plan's text; <paramref name="name"/> is what errors call it.</summary>
    public static UpgradePlan Parse(string text, string name)
    {
        try
        {
            var plan = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<UpgradePlan?>(text)
                ?? throw new CommandException($"{name} is empty; it needs workload, out, baseline and candidate");
            plan.Check(name);
            return plan;
        }
        catch (YamlException e)
        {
            throw new CommandException($"{name}, line {e.Start.Line}: {Plain(e)}");
        }
    }

    private IEnumerable<(string Key, string? Path)> Files() =>
    [
        ("waivers", Waivers), ("slo", Slo), ("store_password_file", StorePasswordFile),
        ("target_password_file", Baseline.TargetPasswordFile), ("target_password_file", Candidate.TargetPasswordFile), ("password_file", Baseline.PasswordFile), ("password_file", Candidate.PasswordFile),
        .. BinaryLog.Select(static file => ("binary_log", (string?)file)), .. LogicalDecoding.Select(static file => ("logical_decoding", (string?)file[(file.IndexOf("=/", StringComparison.Ordinal) + 1)..])),
    ];

    private static string Plain(YamlException e)
    {
        var message = (e.InnerException as YamlException ?? e).Message;
        const string Unknown = "Property '";
        var at = message.IndexOf(Unknown, StringComparison.Ordinal);
        return at < 0
            ? message.ReplaceLineEndings(" ")
            : $"there is no key '{message[(at + Unknown.Length)..].Split('\'')[0]}'; 'dbreplay upgrade --help' lists the keys";
    }

    private void Check(string name)
    {
        Durations.Parse(ConfirmTime, $"{name}: 'confirm_time'");
        Durations.Parse(Timeout, $"{name}: 'timeout'");
        var slice = Slice == "auto" ? SliceTurns.LeastMicroseconds : (long)Durations.Parse(Slice, $"{name}: 'slice'").TotalMicroseconds;
        var problem = this switch
        {
            { Workload: "" } => "'workload' is missing",
            { Out: "" } => "'out' is missing",
            { Baseline.Url: "" } => "'baseline' needs a 'url'",
            { Candidate.Url: "" } => "'candidate' needs a 'url'",
            _ when Order.Length == 0 || Order.Any(c => c is not ('A' or 'B')) || !Order.Contains('A', StringComparison.Ordinal) || !Order.Contains('B', StringComparison.Ordinal)
                => $"'order' is '{Order}'; it must be of the letters A (baseline) and B (candidate), each at least once",
            _ when Design is not ("sequential" or "interleaved") => $"'design' is '{Design}'; it must be sequential or interleaved",
            _ when slice is < SliceTurns.LeastMicroseconds or > SliceTurns.MostMicroseconds => $"'slice' is '{Slice}'; it must be from 1s to 1m, or auto",
            _ when IsInterleaved && (Order.Length % 2 == 1 || Order.Chunk(2).Any(pair => pair[0] == pair[1]))
                => $"'order' is '{Order}'; interleaved it must be of pairs AB and BA, like ABBA",
            _ when IsInterleaved && Speed == "max" => "'design' interleaved needs due times, and 'speed' max has none: a slice would have no end, since what it holds may wait by order for the next one; give a factor, or sequential",
            _ when !Replayer.Speed.TryParse(Speed, out _) => $"'speed' is '{Speed}'; it must be a factor like 1 or 0.5, or max",
            _ when ExchangeOrder is not ("key" or "table" or "commit" or "session" or "none") => $"'exchange_order' is '{ExchangeOrder}'; it must be key, table, commit, session or none",
            _ when Values is not ("exact" or "as-recorded") => $"'values' is '{Values}'; it must be exact or as-recorded",
            _ when RetryVictims is < 0 or > VictimRetries.MaxAttempts => $"'retry_victims' is {RetryVictims}; it must be a number from 0 (not) to {VictimRetries.MaxAttempts}",
            _ when Explain < 0 => $"'explain' is {Explain}; it must be a number from 0 (no shape is) on",
            _ when Force.FirstOrDefault(static check => !TargetGuards.Names.Contains(check)) is { } check => $"'force' has '{check}', and there is no such check; {string.Join(", ", TargetGuards.Names)} are",
            _ when PlayAgain < 0 => $"'play_again' is {PlayAgain}; it must be a number from 0 (no run is) on",
            _ when Login is not ("target" or "captured") => $"'login' is '{Login}'; it must be target or captured",
            _ => WholeProblem() ?? PartProblem() ?? KnobProblem() ?? MapProblem() ?? StoreProblem(),
        };
        if (problem is not null)
        {
            throw new CommandException($"{name}: {problem}");
        }
    }

    private UpgradePlan Rooted(string folder) => this with
    {
        Workload = Path.Combine(folder, Workload),
        Out = Path.Combine(folder, Out),
        Waivers = Waivers is null ? null : Path.Combine(folder, Waivers),
        Slo = Slo is null ? null : Path.Combine(folder, Slo),
        Baseline = Baseline.Rooted(folder),
        Candidate = Candidate.Rooted(folder),
        StorePasswordFile = StorePasswordFile is null ? null : Path.Combine(folder, StorePasswordFile),
        BinaryLog = [.. BinaryLog.Select(file => Path.Combine(folder, file))],
        LogicalDecoding = [.. LogicalDecoding.Select(file => RootDecoding(folder, file))],
        Tools = [.. Tools.Select(t => Path.Combine(folder, t))],
    };

    // DATABASE=FILE, or the file alone.
    private static string RootDecoding(string folder, string file) =>
        file.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && !File.Exists(Path.Combine(folder, file))
            ? $"{file[..equals]}={Path.Combine(folder, file[(equals + 1)..])}"
            : Path.Combine(folder, file);
}

/// <summary>One side of a plan.</summary>
public sealed record UpgradeSide
{
    /// <summary>The server, as <c>--target</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary>A file whose first line is the password of the URL's user.</summary>
    public string? TargetPasswordFile { get; set; }

    /// <summary>Passwords of captured users, as <c>run --password-file</c>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>What captured users are called there, as <c>run --map-user</c>.</summary>
    public List<string> MapUser { get; set; } = [];

    /// <summary>What captured databases are called there, as <c>run --map-database</c>; not if the snapshot is restored.</summary>
    public List<string> MapDatabase { get; set; } = [];

    /// <summary>Both; a <see cref="CommandException"/> if they cannot be understood.</summary>
    [YamlIgnore]
    public TargetNames Names => MapOptions.Read(MapUser, MapDatabase);

    /// <summary>Run after each restore and reset: files of SQL (<c>*.sql</c>) by the vendor's client, anything else by the shell with REPLAY_URL and REPLAY_SIDE set.</summary>
    public List<string> AfterRestore { get; set; } = [];

    /// <summary>Run before each run of this side, after <see cref="AfterRestore"/>; in the same forms.</summary>
    public List<string> BeforeRun { get; set; } = [];

    /// <summary>The command that puts the data of a snapshot taken by a hook onto the server, as <c>restore --hook</c>.</summary>
    public string? RestoreHook { get; set; }

    /// <summary>A command that puts the data back between runs instead of <c>restore --reset</c>: a cold copy with stop, copy and start of the server.</summary>
    public string? Reset { get; set; }

    /// <summary>The names as options of <c>run</c>, or of <c>confirm</c> for the new server with another prefix.</summary>
    public IEnumerable<string> MapArguments(string prefix = "--") =>
        [.. MapUser.SelectMany(m => (string[])[$"{prefix}map-user", m]), .. MapDatabase.SelectMany(m => (string[])[$"{prefix}map-database", m])];

    internal UpgradeSide Rooted(string folder) => this with
    {
        TargetPasswordFile = TargetPasswordFile is null ? null : Path.Combine(folder, TargetPasswordFile),
        PasswordFile = PasswordFile is null ? null : Path.Combine(folder, PasswordFile),
        AfterRestore = [.. AfterRestore.Select(s => RootSql(folder, s))],
        BeforeRun = [.. BeforeRun.Select(s => RootSql(folder, s))],
    };

    private static string RootSql(string folder, string step) => step.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) ? Path.Combine(folder, step) : step;
}
