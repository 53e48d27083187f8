using Replay.TestKit;
using Replay.TestKit.Packets;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>A target that does not let us in, or that nobody has consented to, is told in one line; its password never.</summary>
[Collection(LoginsCollection.Name)]
public sealed class LoginTests(ServersFixture servers)
{
    private const string WrongPassword = "not-the-password";

    [ServerTheory]
    [InlineData("postgres 13")]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task AWrongPasswordIsRefused(string kind)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        var result = await RunAsync(server, server.Url(password: WrongPassword));
        Assert.Equal(2, result.ExitCode);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain(WrongPassword, result.Error, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task ATargetWithoutConsentIsRefused()
    {
        var server = await servers.GetAsync(ServerKind.Postgres18);
        var result = await RunAsync(server, server.Url());
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--force", result.Error, StringComparison.Ordinal);
    }

    private static async Task<ProcessResult> RunAsync(TestServer server, string url)
    {
        using var folder = new TempFolder("login");
        await File.WriteAllBytesAsync(folder.File("small.pcap"), PcapWriter.ToBytes(server.Kind.IsPostgres ? SmallCaptures.Postgres(3) : SmallCaptures.MySql(3)));
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture,
            ["pcap", folder.File("small.pcap"), "--server", server.Kind.IsPostgres ? "postgres:5432" : "mysql:3306", "--out", folder.File("w.workload"), "--quiet"])).Expect();
        return await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["run", folder.File("w.workload"), "--target", url, "--out", folder.File("r.run"), "--quiet"]);
    }
}
