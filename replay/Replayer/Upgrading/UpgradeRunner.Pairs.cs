using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>Interleaved: runs of the two sides in pairs, slices in turn.</content>
public sealed partial class UpgradeRunner
{
    private async Task<int> PlayInPairsAsync(Dictionary<char, List<string>> runs, CancellationToken cancellation)
    {
        var pairs = plan.Order.Length / 2;
        var slice = Slice();
        for (var i = 0; i < pairs;)
        {
            char first = plan.Order[2 * i], second = plan.Order[(2 * i) + 1];
            string firstFolder = NextFolder(runs, first), secondFolder = NextFolder(runs, second);
            progress.Say(string.Create(CultureInfo.InvariantCulture, $"pair {i + 1} of {pairs}: {Path.GetFileName(firstFolder)} and {Path.GetFileName(secondFolder)} in turn, slices of {slice.TotalSeconds:0.###} s"));
            await PrepareAsync(first, isFirst: !isRestored && i == 0 && !_late.IsRepeating, cancellation);
            await PrepareAsync(second, isFirst: !isRestored && i == 0 && !_late.IsRepeating, cancellation);
            var status = await PlayPairAsync((first, firstFolder), (second, secondFolder), slice, cancellation);
            if (status != ExitCode.Done)
            {
                return status;
            }

            if (_late.IsToRepeat(firstFolder, secondFolder))
            {
                _firstRun = runs[first].Count == 0 ? null : _firstRun;
                continue;
            }

            runs[first].Add(firstFolder);
            runs[second].Add(secondFolder);
            i++;
        }

        return ExitCode.Done;
    }

    // The second is started when the first is prepared: it takes the first one's catalogues, and neither is in the other's way before the start.
    private async Task<int> PlayPairAsync((char Letter, string Folder) first, (char Letter, string Folder) second, TimeSpan slice, CancellationToken cancellation)
    {
        using var keeper = new TurnKeeper((long)slice.TotalMicroseconds);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var texts = new string[2];
        var playing = new List<Task<int>> { PlayAsync(first.Letter, first.Folder, keeper.FirstPath, text => texts[0] = text, over.Token) };
        var status = await WhileAllRunAsync(playing, keeper.WhenFirstIsReadyAsync(over.Token));
        if (status == ExitCode.Done)
        {
            _firstRun ??= first.Folder;
            playing.Add(PlayAsync(second.Letter, second.Folder, keeper.SecondPath, text => texts[1] = text, over.Token));
            status = await WhileAllRunAsync(playing, keeper.KeepAsync(over.Token));
        }

        if (status != ExitCode.Done)
        {
            await over.CancelAsync(); // one alone is of no use
        }

        var statuses = await Task.WhenAll(playing);
        Console.Out.Write(string.Concat(texts));
        return cancellation.IsCancellationRequested ? ExitCode.Interrupted : status != ExitCode.Done ? status : statuses.FirstOrDefault(s => s != ExitCode.Done);
    }

    private TimeSpan Slice()
    {
        using var reader = WorkloadReader.Open(plan.Workload);
        _ = Speed.TryParse(plan.Speed, out var speed); // the plan was checked
        var ended = reader.Blocks.Select(block => block.MaxEndedAtMicroseconds).DefaultIfEmpty(0).Max();
        var began = reader.Blocks.Select(block => block.MinStartedAtMicroseconds).DefaultIfEmpty(0).Min();
        using var selection = Selection.Of(plan.Selection, reader, began, plan.Times.WarmUp);
        return plan.SliceFor(TimeSpan.FromMicroseconds((Math.Min(ended, selection.ToMicroseconds) - selection.FromMicroseconds) / speed.Factor));
    }

    // The exit status of a run that ends before what is waited for has happened; done if none does.
    private static async Task<int> WhileAllRunAsync(List<Task<int>> playing, Task waited)
    {
        for (List<Task<int>> left = [.. playing]; await Task.WhenAny([waited, .. left]) is var first && first != waited;)
        {
            var run = (Task<int>)first;
            if (await run is var status && status != ExitCode.Done)
            {
                return status;
            }

            left.Remove(run);
        }

        await waited;
        return ExitCode.Done;
    }
}
