using System.Text.Json;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Endurance;

/// <summary>A run with options of its own is gone on with by them, or it is said why not. The workload has no snapshot, so its data are put back by the user.</summary>
[Collection(EnduranceCollection.Name)]
public sealed class ResumeOptionsTests(ServersFixture servers)
{
    private const int SigKill = 9;
    private const int Rate = 200;
    private const int Exchanges = 4 * Rate;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [ServerTheory]
    [InlineData("--connections 3")]
    [InlineData("--clones 1 --idle-skip 1s --drain 20s")]
    [InlineData("--schedule think-time --transactions rollback --concurrency 2")]
    public async Task ItGoesOnAsItWasBegun(string options)
    {
        var server = await servers.GetTargetAsync(ServerKind.Parse("mariadb 11.8"));
        using var folder = new TempFolder("resume");
        var run = await KilledAsync(server, folder, options);
        var resumed = await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["run", "--resume", run, "--no-reset"], new ProcessOptions { Environment = Password(server) });
        resumed.Expect();
        using var reader = RunReader.Open(run);
        var manifest = reader.Manifest;
        Assert.Equal((Exchanges, 0L), (manifest.Replayed, manifest.NotReached));
        Assert.Equal("killed", Assert.Single(manifest.Seams!).Why);
        Assert.Equal(options.Contains("--connections", StringComparison.Ordinal) ? 3 : null, manifest.Knobs?.Sharing?.Connections);
        Assert.Equal(options.Contains("--clones", StringComparison.Ordinal), manifest.Knobs?.ClonedReplayed > Exchanges / 4);
        using var certificate = JsonDocument.Parse(reader.ReadDocument("certificate.json")!);
        Assert.InRange(certificate.RootElement.GetProperty("over_time").GetProperty("sent").EnumerateArray().Sum(static b => b.GetInt64()), Exchanges / 2, Exchanges + Rate);
        Assert.DoesNotContain("\"due_at\":\"1970", (await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["show", run, "--format", "ndjson"])).Expect().Output, StringComparison.Ordinal);
    }

    [ServerTheory]
    [InlineData("--think-time 50%", "paces of their own")]
    public async Task WhatCannotBeIsRefusedInOneLine(string options, string why)
    {
        var server = await servers.GetTargetAsync(ServerKind.Parse("mariadb 11.8"));
        using var folder = new TempFolder("resume");
        var run = await KilledAsync(server, folder, options);
        var resumed = await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["run", "--resume", run, "--no-reset"], new ProcessOptions { Environment = Password(server) });
        Assert.Equal(2, resumed.ExitCode);
        Assert.Contains(why, Assert.Single(resumed.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    // Killed when it has left the first state to go on from.
    private static async Task<string> KilledAsync(TestServer server, TempFolder folder, string options)
    {
        const string Database = "resume";
        await server.SqlAsync($"DROP DATABASE IF EXISTS {Database}; CREATE DATABASE {Database}");
        EnduranceWorkload.Write(folder.File("w.workload"), Engine.MySql, TestServer.User, Database, "DO 1", sessions: 8, Exchanges, Rate);
        var run = folder.File("a.run");
        await using var process = RunningProcess.Start(
            ProjectPrograms.Replay,
            ["run", folder.File("w.workload"), "--target", server.Url(Database), "--out", run, "--order", "session", "--values", "as-recorded", "--explain", "0", "--force", "source,users,others", .. options.Split(' ')],
            new ProcessOptions { Timeout = Patience });
        while (!process.HasExited && !File.Exists(Path.Combine(run, "state.json")))
        {
            await Task.Delay(20);
        }

        process.Signal(SigKill);
        await process.WaitAsync();
        return run;
    }

    // The run does not keep the URL's.
    private static Dictionary<string, string?> Password(TestServer server) => new(StringComparer.Ordinal) { ["DBREPLAY_PASSWORD"] = new Uri(server.Url("x")).UserInfo.Split(':')[^1] };
}
