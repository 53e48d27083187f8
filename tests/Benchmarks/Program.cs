using System.Globalization;
using BenchmarkDotNet.Running;
using Replay.Benchmarks.Compare;
using Replay.Benchmarks.Ratios;

namespace Replay.Benchmarks;

/// <summary>
/// <c>Benchmarks</c>: the ratios of whole programs to their peers. <c>Benchmarks decode|replay</c>: some of them. <c>Benchmarks scale [EXCHANGES...]</c>: dbcompare on more and more exchanges. <c>Benchmarks report</c>: the HTML report in a browser.
/// <c>Benchmarks code [options of BenchmarkDotNet]</c>: hot paths by themselves.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["code", .. var rest]:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest);
                return 0;
            case []:
                await DecodeRatios.RunAsync().ConfigureAwait(false);
                await ReplayRatios.RunAsync().ConfigureAwait(false);
                return 0;
            case ["decode"]:
                await DecodeRatios.RunAsync().ConfigureAwait(false);
                return 0;
            case ["decode", var part] when double.TryParse(part, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 1:
                await DecodeRatios.RunAsync(size).ConfigureAwait(false);
                return 0;
            case ["replay"]:
                return await ReplayRatios.RunAsync().ConfigureAwait(false);
            case ["replay", var part]:
                return await ReplayRatios.RunAsync(part).ConfigureAwait(false);
            case ["replay", var part, var number] when int.TryParse(number, CultureInfo.InvariantCulture, out var connections):
                return await ReplayRatios.RunAsync(part, connections).ConfigureAwait(false);
            case ["scale", .. var sizes] when sizes.All(size => long.TryParse(size, CultureInfo.InvariantCulture, out var exchanges) && exchanges is >= 100_000 and <= 1_000_000_000):
                await ScaleRatios.RunAsync(sizes.Length == 0 ? [1_000_000, 10_000_000] : [.. sizes.Select(size => long.Parse(size, CultureInfo.InvariantCulture))]).ConfigureAwait(false);
                return 0;
            case ["report"]:
                await ReportRatios.RunAsync().ConfigureAwait(false);
                return 0;
            default:
                await Console.Error.WriteLineAsync("usage: build.sh bench [decode [PART, 0.05 for a look] | replay [PART OF A NAME [8 or 32 CONNECTIONS]] | scale [EXCHANGES...] | report | code [BenchmarkDotNet options]]").ConfigureAwait(false);
                return 2;
        }
    }
}
