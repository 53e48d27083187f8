using System.Globalization;

namespace Replay.TestKit;

/// <summary>
/// A real server of the kit on a free loopback port: an empty one, started, stopped and wiped with the test. Super user
/// <see cref="User"/>, <see cref="Password"/>. A guard process stops it even if the test process is killed.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    /// <summary>The super user that every server has.</summary>
    public const string User = "app";

    /// <summary>Its password.</summary>
    public const string Password = "secret";

    private readonly TempFolder _folder;
    private readonly TestServerOptions _options;

    private TestServer(ServerKind kind, TestServerOptions options, TempFolder folder) => (Kind, _options, _folder) = (kind, options, folder);

    /// <summary>Engine and major version.</summary>
    public ServerKind Kind { get; }

    /// <summary>The port on 127.0.0.1 that it listens at.</summary>
    public int Port { get; private set; }

    /// <summary>Its folder: <c>data</c>, <c>server.log</c>, certificates.</summary>
    public string Folder => _folder.Path;

    /// <summary>The server's own certificate when it speaks TLS.</summary>
    public string CertificateFile => Path.Combine(Folder, "server.crt");

    /// <summary>Its process id.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(Path.Combine(Folder, "pid")).Trim(), CultureInfo.InvariantCulture);

    /// <summary>Makes an empty server and starts it; the first use of a version downloads it.</summary>
    public static async Task<TestServer> StartAsync(ServerKind kind, TestServerOptions? options = null)
    {
        var server = new TestServer(kind, options ?? new TestServerOptions(), new TempFolder($"{kind.Engine}-{kind.Major}"));
        try
        {
            await ServerScript.RunAsync("create", kind.Engine, kind.Major, server.Folder).ConfigureAwait(false);
            await server.StartAgainAsync().ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A stopped server's cold copy, started; the original stays stopped.</summary>
    public async Task<TestServer> CopyAsync()
    {
        var copy = new TestServer(Kind, _options, new TempFolder($"{Kind.Engine}-{Kind.Major}"));
        copy._folder.Dispose();
        await ServerScript.RunAsync("copy", Folder, copy.Folder).ConfigureAwait(false);
        await copy.StartAgainAsync().ConfigureAwait(false);
        return copy;
    }

    /// <summary>Starts it after <see cref="StopAsync"/>, at the port that it had.</summary>
    public async Task StartAgainAsync()
    {
        List<string> arguments = ["start", Folder, "--port", Port.ToString(CultureInfo.InvariantCulture), "--owner", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];
        if (_options.Tls)
        {
            arguments.Add("--tls");
        }

        arguments.Add("--");
        arguments.AddRange(_options.Options);
        var result = await ServerScript.RunAsync(arguments, new ProcessOptions()).ConfigureAwait(false);
        Port = int.Parse(result.Output.Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Stops it; its data stay. <paramref name="kill"/>: with SIGKILL.</summary>
    public Task StopAsync(bool kill = false) => kill ? ServerScript.RunAsync("stop", Folder, "--kill") : ServerScript.RunAsync("stop", Folder);

    /// <summary>The URL that the project's programs take.</summary>
    public string Url(string? database = null, string user = User, string password = Password) =>
        $"{Kind.Scheme}://{user}:{password}@127.0.0.1:{Port}/{database ?? (Kind.IsPostgres ? "postgres" : "")}";

    /// <summary>Runs SQL with the vendor's client; returns what it printed: rows by line, columns by <c>|</c> (PostgreSQL) or tab.</summary>
    public async Task<string> SqlAsync(string sql, string? database = null)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["REPLAY_SERVER_DATABASE"] = database };
        var result = await ServerScript.RunAsync(["sql", Folder], new ProcessOptions { Environment = environment, Input = sql }).ConfigureAwait(false);
        return result.Output.TrimEnd('\n');
    }

    /// <summary>Waits until SQL prints <paramref name="answer"/>.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/>, by default a minute.</exception>
    public async Task UntilAsync(string sql, string answer, string? database = null, TimeSpan? limit = null)
    {
        var end = DateTime.UtcNow + (limit ?? TimeSpan.FromMinutes(1));
        for (var printed = ""; (printed = await SqlAsync(sql, database).ConfigureAwait(false)) != answer;)
        {
            if (DateTime.UtcNow > end)
            {
                throw new TimeoutException($"'{printed}' instead of '{answer}': {sql}");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ServerScript.RunAsync("wipe", Folder).ConfigureAwait(false);
        _folder.Dispose();
    }
}
