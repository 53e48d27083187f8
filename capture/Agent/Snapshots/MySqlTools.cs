using System.Globalization;

namespace Replay.Agent.Snapshots;

/// <summary>How MySQL's and MariaDB's tools are called: the password is in an option file that only this user can read, never on the command line.</summary>
internal sealed class MySqlTools : IDisposable
{
    private readonly SnapshotRequest _request;
    private readonly ToolSessions _sessions;
    private readonly string _optionFile = Path.Combine(Path.GetTempPath(), $"dbcapture-{Guid.NewGuid():N}.cnf");
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["LC_ALL"] = "C.UTF-8" };
    private readonly bool _isMariaDb;

    private MySqlTools(SnapshotRequest request, ToolSessions sessions, string version)
    {
        (_request, _sessions, Version) = (request, sessions, version);
        _isMariaDb = version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        WriteOptionFile();
    }

    /// <summary>The dump tool's version as it says it.</summary>
    public string Version { get; }

    /// <summary>Whether the tools are MariaDB's, whatever they are called.</summary>
    public bool IsMariaDb => _isMariaDb;

    public static async Task<MySqlTools> FindAsync(SnapshotRequest request, ToolSessions sessions, CancellationToken stop)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        // mariadb-backup tells its version on standard error; the client beside it is of the same package.
        var tool = request.Tool is "mariadb-backup" ? ToolProcess.Find("mariadb", request.ToolFolder)
            : request.Command is null ? ToolProcess.Find(request.Tool, request.ToolFolder)
            : ToolProcess.FindFirst(["mariadb", "mysql"], request.ToolFolder);
        var version = await ToolProcess.RunAsync(tool, ["--version"], environment, sessions, null, stop).ConfigureAwait(false);
        return new MySqlTools(request, sessions, version.Trim());
    }

    /// <summary>Runs the snapshot's tool to its end.</summary>
    public Task RunToolAsync(IEnumerable<string> arguments, CancellationToken stop) => RunAsync(_request.Tool, arguments, null, stop);

    private string Client => _request.Tool.StartsWith("mariadb-", StringComparison.Ordinal) || (_request.Command is not null && _isMariaDb) ? "mariadb" : "mysql";

    /// <summary>Starts a client that runs what it is given and answers at once.</summary>
    public ToolProcess StartClient() => ToolProcess.Start(
        ToolProcess.Find(Client, _request.ToolFolder), [$"--defaults-extra-file={_optionFile}", .. Server(Client), "--batch", "--raw", "--skip-column-names", "--unbuffered"], _environment, _sessions);

    /// <summary>Runs a query; rows by line, columns by tab.</summary>
    public async Task<string[]> QueryAsync(string sql, CancellationToken stop)
    {
        var output = await RunAsync(Client, ["--batch", "--raw", "--skip-column-names"], sql, stop).ConfigureAwait(false);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => File.Delete(_optionFile);

    private Task<string> RunAsync(string tool, IEnumerable<string> arguments, string? input, CancellationToken stop) => ToolProcess.RunAsync(
        ToolProcess.Find(tool, _request.ToolFolder), [$"--defaults-extra-file={_optionFile}", .. Server(tool), .. arguments], _environment, _sessions, input, stop);

    private IEnumerable<string> Server(string tool)
    {
        var url = _request.Url;
        List<string> options = [$"--host={url.Host}", $"--port={url.Port.ToString(CultureInfo.InvariantCulture)}", $"--user={url.User}",];
        if (tool == "mariadb-backup")
        {
            // Over TCP too where --host is an address. It has one option for TLS, and insists on a certificate unless told otherwise.
            return url.SslMode is "verify-ca" or "verify-full" ? options : [.. options, url.SslMode is "require" ? "--skip-ssl-verify-server-cert" : "--skip-ssl"];
        }

        options.Add("--protocol=TCP");
        options.AddRange(_isMariaDb ? MariaDbTls(url.SslMode) : MySqlTls(url.SslMode));
        return options;
    }

    /// <summary>MariaDB's own default from 11.4 on is to insist on a certificate that can be verified.</summary>
    private static string[] MariaDbTls(string? mode) => mode switch
    {
        "disable" => ["--skip-ssl"],
        "require" => ["--ssl", "--skip-ssl-verify-server-cert"],
        "verify-ca" or "verify-full" => ["--ssl", "--ssl-verify-server-cert"],
        _ => ["--skip-ssl-verify-server-cert"],
    };

    /// <summary>Without TLS caching_sha2_password needs the server's RSA key; old servers do not know the option's request and ignore it.</summary>
    private static string[] MySqlTls(string? mode) => mode switch
    {
        "disable" => ["--ssl-mode=DISABLED", "--get-server-public-key"],
        "require" => ["--ssl-mode=REQUIRED"],
        "verify-ca" => ["--ssl-mode=VERIFY_CA"],
        "verify-full" => ["--ssl-mode=VERIFY_IDENTITY"],
        _ => ["--ssl-mode=PREFERRED", "--get-server-public-key"],
    };

    private void WriteOptionFile()
    {
        using var file = new FileStream(_optionFile, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(file);
        writer.WriteLine("[client]");
        if (_request.Url.Password is { } password)
        {
            writer.WriteLine($"password=\"{password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }
    }
}
