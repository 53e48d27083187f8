using BenchmarkDotNet.Running;
using Replay.Benchmarks.Ratios;

namespace Replay.Benchmarks;

/// <summary>
/// <c>Benchmarks</c>: the ratios of whole programs to their peers. <c>Benchmarks decode|replay</c>: some of them.
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
            case ["replay"]:
                await ReplayRatios.RunAsync().ConfigureAwait(false);
                return 0;
            default:
                await Console.Error.WriteLineAsync("usage: build.sh bench [decode | replay | code [BenchmarkDotNet options]]").ConfigureAwait(false);
                return 2;
        }
    }
}
