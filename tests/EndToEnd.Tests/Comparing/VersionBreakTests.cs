using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>What breaks between real major versions is told, each by its own shape, and what does not is not.</summary>
[Collection(CapturesCollection.Name)]
public sealed class VersionBreakTests(ServersFixture servers)
{
    private const int Rounds = 3;

    public static TheoryData<string> Pairs() => new(VersionPair.All.Select(p => p.Old.ToString()));

    [ServerTheory(Live = true)]
    [MemberData(nameof(Pairs))]
    public async Task WhatBreaksIsToldAndNothingElse(string old)
    {
        var pair = VersionPair.All.Single(p => p.Old == ServerKind.Parse(old));
        var source = await servers.GetAsync(pair.Old);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(pair.Schema, database);
        using var folder = new TempFolder("versions");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(pair.Old), "--snapshot-url", source.Url(database));
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        for (var round = 0; round < Rounds; round++)
        {
            await source.SqlAsync(string.Concat(pair.Breaks.Select(b => b.Sql + ";\n")), database);
        }

        await capture.StopAsync();

        // The source stands for the old server: it has the data.
        var target = await servers.GetTargetAsync(pair.New);
        await ReplayRunner.RunAsync(pair.New, "restore", capture.Folder, "--target", target.Url(database));
        await Task.WhenAll(
            ReplayRunner.RunAsync(pair.Old, "run", capture.Folder, "--target", source.Url(database), "--out", folder.File("A.run"), "--speed", "max", "--force", "source"),
            ReplayRunner.RunAsync(pair.New, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("B.run"), "--speed", "max"));
        var result = await ProcessRunner.RunAsync(ProjectPrograms.Compare, [folder.File("A.run"), "--against", folder.File("B.run"), "--json", folder.File("c.json")]);
        result.Expect(1);

        var compared = ComparedCampaign.Read(folder.File("c.json"));
        Assert.Equal("fail", compared.Verdict);
        foreach (var one in pair.Breaks)
        {
            var shape = compared.Shapes.Single(s => s.IsOf(one.Sql));
            var told = shape.NewErrors.Count > 0 ? string.Join(',', shape.NewErrors) : shape.ResultKind == "equal" ? VersionBreak.Same : shape.ResultKind;
            Assert.True(told == one.Told, $"{one.Sql}: expected '{one.Told}', told '{told}' ({shape.Told})\n{result.Output}");
        }

        Assert.All(compared.Shapes, s => Assert.True(!s.IsFlagged || pair.Breaks.Any(b => s.IsOf(b.Sql)), $"{s.Sql}: {s.Told}"));
    }
}
