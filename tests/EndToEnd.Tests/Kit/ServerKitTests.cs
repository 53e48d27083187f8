using System.Globalization;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Kit;

/// <summary>The kit itself: what it starts is what was asked for, and nothing stays behind.</summary>
[Collection(CapturesCollection.Name)]
public sealed class ServerKitTests(ServersFixture servers)
{
    [ServerTheory]
    [InlineData("postgres 13", "PostgreSQL 13.")]
    [InlineData("postgres 15", "PostgreSQL 15.")]
    [InlineData("postgres 17", "PostgreSQL 17.")]
    [InlineData("postgres 18", "PostgreSQL 18.")]
    [InlineData("mariadb 10.11", "10.11.")]
    [InlineData("mariadb 11.8", "11.8.")]
    [InlineData("mysql 9.7", "9.")]
    public async Task ServersOfManyVersionsRunSideBySide(string kind, string version)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        Assert.StartsWith(version, await server.SqlAsync("select version()"));
    }

    [ServerFact]
    public async Task DataSurviveAStopAndAKillAndGoIntoACopy()
    {
        await using var server = await TestServer.StartAsync(ServerKind.Postgres18);
        await server.SqlAsync("create table t(i int); insert into t values (1); checkpoint");
        await server.StopAsync(kill: true);
        await server.StartAgainAsync();
        await server.SqlAsync("insert into t values (2)");
        await server.StopAsync();
        await using var copy = await server.CopyAsync();
        Assert.Equal("3", await copy.SqlAsync("select sum(i) from t"));
    }

    [ServerFact]
    public async Task AServerEndsWithTheProcessThatOwnsIt()
    {
        await using var owner = RunningProcess.Start("sleep", ["600"]);
        using var folder = new TempFolder("owned");
        var script = RepositoryFolder.Path("tests", "TestKit", "servers.sh");
        (await ProcessRunner.RunAsync(script, ["create", "postgres", "18", folder.File("s")])).Expect();
        (await ProcessRunner.RunAsync(script, ["start", folder.File("s"), "--owner", owner.Id.ToString(CultureInfo.InvariantCulture)])).Expect();
        owner.Signal(9);
        var ended = await ProcessRunner.ShellAsync($"for i in $(seq 200); do '{script}' alive '{folder.File("s")}' || exit 0; sleep 0.1; done; exit 1");
        Assert.Equal(0, ended.ExitCode);
    }

    [ServerFact("openssl")]
    public async Task TlsIsSpokenWhenAskedFor()
    {
        var server = await servers.GetAsync(ServerKind.MySql97, tls: true);
        Assert.Contains("TLSv1", await server.SqlAsync("show status like 'Ssl_version'"));
        var plain = await servers.GetAsync(ServerKind.MySql97);
        Assert.DoesNotContain("TLSv1", await plain.SqlAsync("show status like 'Ssl_version'"));
    }
}
