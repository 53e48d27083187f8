using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Packets;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>
/// Runs against targets with and without TLS, by each sslmode, and as the captured user. Each plays a small capture with a query that gives its row only if what is
/// tested holds on the session's own connection.
/// </summary>
[Collection(LoginsCollection.Name)]
public sealed class TlsTests(ServersFixture servers)
{
    private const string Boss = "boss";
    private const string BossPassword = "b:o/s s";

    [ServerTheory("openssl")]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task ATargetWithTlsIsUsedAsTheUrlSays(string kind)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind), tls: true);
        using var folder = await CaptureAsync(server, IsEncrypted(server));
        Assert.Equal(0, await RowsAsync(server, folder, "?sslmode=disable"));
        Assert.Equal(1, await RowsAsync(server, folder, ""));
        Assert.Equal(1, await RowsAsync(server, folder, "?sslmode=prefer"));
        Assert.Equal(1, await RowsAsync(server, folder, "?sslmode=require"));
        Assert.Equal(1, await RowsAsync(server, folder, $"?sslmode=verify-full&sslrootcert={server.CertificateFile}"));
        var refused = await RunAsync(server, folder, server.Url() + "?sslmode=verify-full");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("does not chain to a trusted authority", refused.Error, StringComparison.Ordinal);
    }

    [ServerTheory]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task ATargetWithoutTlsIsPlayedOnUnlessTheUrlInsists(string kind)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        using var folder = await CaptureAsync(server, IsEncrypted(server));
        Assert.Equal(0, await RowsAsync(server, folder, "?sslmode=prefer"));
        var refused = await RunAsync(server, folder, server.Url() + "?sslmode=require");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("TLS", refused.Error, StringComparison.Ordinal);
    }

    [ServerTheory("openssl")]
    [InlineData("postgres 18", false)]
    [InlineData("postgres 18", true)]
    [InlineData("mariadb 11.8", true)]
    [InlineData("mysql 9.7", false)]
    [InlineData("mysql 9.7", true)]
    public async Task SessionsLogInAsTheCapturedUser(string kind, bool tls)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind), tls);
        await server.SqlAsync(server.Kind.IsPostgres
            ? $"DROP ROLE IF EXISTS {Boss}; CREATE ROLE {Boss} SUPERUSER LOGIN PASSWORD '{BossPassword}'"
            : $"DROP USER IF EXISTS {Boss}; CREATE USER {Boss} IDENTIFIED BY '{BossPassword}'; GRANT ALL ON *.* TO {Boss}");
        using var folder = await CaptureAsync(server, server.Kind.IsPostgres
            ? $"SELECT 1 FROM pg_stat_activity WHERE pid = pg_backend_pid() AND usename = '{TestServer.User}'"
            : $"SELECT 1 FROM information_schema.processlist WHERE id = connection_id() AND user = '{TestServer.User}'");
        var url = server.Url(user: Boss, password: Uri.EscapeDataString(BossPassword));
        await File.WriteAllTextAsync(folder.File("passwords"), $"{TestServer.User}:{TestServer.Password}\n");
        await File.WriteAllTextAsync(folder.File("wrong"), $"{TestServer.User}:not-it\n");

        Assert.Equal(1, RowsOf(await RunAsync(server, folder, url, "--login", "captured", "--password-file", folder.File("passwords"))));
        // Taken on by PostgreSQL's superuser, which stays who logged in; MySQL has nothing like it.
        Assert.Equal(0, RowsOf(await RunAsync(server, folder, url)));
        string[] wrongly = ["--login", "captured", "--password-file", folder.File("wrong")];
        var refused = await RunAsync(server, folder, url, wrongly);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--force users", refused.Error, StringComparison.Ordinal);
        var wrong = (await RunAsync(server, folder, url, [.. wrongly, "--force", "users"])).Expect();
        Assert.Contains("connect_failed", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("could not be opened", wrong.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-it", wrong.Output + wrong.Error + refused.Error, StringComparison.Ordinal);

        long RowsOf(ProcessResult result)
        {
            result.Expect();
            return LastRows(folder);
        }
    }

    private static string IsEncrypted(TestServer server) => server.Kind.Engine switch
    {
        "postgres" => "SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl",
        "mysql" => "SELECT 1 FROM performance_schema.session_status WHERE variable_name = 'Ssl_cipher' AND variable_value <> ''",
        _ => "SELECT 1 FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER' AND variable_value <> ''",
    };

    private static async Task<TempFolder> CaptureAsync(TestServer server, string sql)
    {
        var folder = new TempFolder("tls");
        if (server.Kind.IsPostgres && await server.SqlAsync("SELECT 1 FROM pg_database WHERE datname = 'app'") != "1")
        {
            await server.SqlAsync("CREATE DATABASE app"); // the captured session's
        }

        var packets = server.Kind.IsPostgres ? SmallCaptures.Postgres(1, _ => sql) : SmallCaptures.MySql(1, _ => sql);
        await File.WriteAllBytesAsync(folder.File("small.pcap"), PcapWriter.ToBytes(packets));
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture,
            ["pcap", folder.File("small.pcap"), "--server", server.Kind.IsPostgres ? "postgres:5432" : "mysql:3306", "--out", folder.File("w.workload"), "--quiet"])).Expect();
        return folder;
    }

    private static async Task<long> RowsAsync(TestServer server, TempFolder folder, string parameters)
    {
        (await RunAsync(server, folder, server.Url() + parameters)).Expect();
        return LastRows(folder);
    }

    private static long LastRows(TempFolder folder)
    {
        using var run = RunReader.Open(folder.File("r.run"));
        var outcomes = new RunOutcome[run.Count];
        run.Read(0, outcomes);
        return Assert.Single(outcomes, outcome => outcome is { Status: RunStatus.Replayed, Rows: not RunOutcome.NoCount }).Rows;
    }

    private static async Task<ProcessResult> RunAsync(TestServer server, TempFolder folder, string url, params string[] options)
    {
        if (Directory.Exists(folder.File("r.run")))
        {
            Directory.Delete(folder.File("r.run"), recursive: true);
        }

        return await ReplayRunner.TryAsync(
            server.Kind, ["run", folder.File("w.workload"), "--target", url, "--out", folder.File("r.run"), "--speed", "max", "--explain", "0", "--force", "source", "--quiet", .. options]);
    }
}
