using System.Globalization;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Capturing;

/// <summary>A capture that is killed leaves a workload that opens; one of ciphertext says so.</summary>
[Collection(CapturesCollection.Name)]
public sealed class InterruptedCaptureTests(ServersFixture servers)
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    [ServerFact(Live = true)]
    public async Task WhatIsOlderThanASecondSurvivesSigkill()
    {
        const int statements = 200;
        var server = await servers.GetAsync(ServerKind.Postgres18);
        using var folder = new TempFolder("killed");
        await using var capture = await LiveCapture.StartAsync(server, folder.File("w.workload"));
        await server.SqlAsync(string.Concat(Enumerable.Range(0, statements).Select(i => $"SELECT {i.ToString(CultureInfo.InvariantCulture)} AS survived;\n")));
        await Task.Delay(FlushInterval * 2.5);
        await capture.KillAsync();

        var workload = await ShownWorkload.OfWorkloadAsync(capture.Folder);
        Assert.Equal(statements, workload.Statements.Count(s => s.Sql!.EndsWith("AS survived;", StringComparison.Ordinal) || s.Sql!.EndsWith("AS survived", StringComparison.Ordinal)));
        (await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["info", capture.Folder])).Expect();
    }

    [ServerFact("openssl", Live = true)]
    public async Task CiphertextIsAnnouncedWithRemedies()
    {
        var server = await servers.GetAsync(ServerKind.Postgres18, tls: true);
        using var folder = new TempFolder("tls");
        await using var capture = await LiveCapture.StartAsync(server, folder.File("w.workload"));
        for (var i = 0; i < 20; i++)
        {
            await server.SqlAsync("SELECT 1");
        }

        await capture.WaitForAsync("encrypted", TimeSpan.FromSeconds(15));
        var workload = await capture.StopAsync();
        Assert.Empty(workload.Statements);
        Assert.All(workload.Sessions, s => Assert.True(s.GetProperty("encrypted").GetBoolean()));
    }
}
