using System.CommandLine;

namespace Replay.Replayer.Tests;

/// <summary>A run keeps what it was begun with, and goes on so.</summary>
public sealed class RunArgumentsTests
{
    private static readonly Option<string> Speed = new("--speed");
    private static readonly Option<string> Target = new("--target");
    private static readonly Option<string> Out = new("--out");
    private static readonly Option<string[]> BinaryLog = new("--binary-log") { AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Decoding = new("--logical-decoding") { AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int?> Retries = new("--retry-victims") { Arity = ArgumentArity.ZeroOrOne };
    private static readonly Command Run = new("run") { new Argument<string>("workload") { Arity = ArgumentArity.ZeroOrOne }, Speed, Target, Out, BinaryLog, Decoding, Retries, new Option<string>("--resume"), new Option<bool>("--quiet"), new Option<string[]>("--tools") };

    [Fact]
    public void PasswordsAreNotKeptAndPathsAreAbsolute()
    {
        var here = Directory.GetCurrentDirectory();
        Assert.Equal(
            ["--target", "postgres://app@db:5433/shop?sslmode=require&sslrootcert=%2Fca.pem", "--binary-log", $"{here}/a", "--binary-log", "/b", "--logical-decoding", $"shop={here}/c", "--retry-victims", "--speed", "2"],
            Of("w.workload --target postgres://app:se%40cret@db:5433/shop?sslmode=require&sslrootcert=%2Fca.pem --out x.run --quiet --binary-log a /b --logical-decoding shop=c --retry-victims --speed 2"));
    }

    [Fact]
    public void WhatIsSaidAnewTakesThePlaceOfWhatWas()
    {
        var merged = RunArguments.Merge(Run, Run.Parse("--resume x.run --target postgres://app:secret@other/shop --binary-log c"), Of("w --target postgres://app:secret@db/shop --binary-log a b --retry-victims --speed 2"), "/w.workload", "/x.run");
        Assert.Equal("postgres://app:secret@other/shop", merged.GetValue(Target));
        Assert.Equal([Path.GetFullPath("c")], merged.GetRequiredValue(BinaryLog));
        Assert.Equal(("2", "/x.run"), (merged.GetValue(Speed), merged.GetValue(Out)));
        Assert.NotNull(merged.GetResult(Retries));
    }

    [Theory]
    [InlineData("--resume x.run --speed 4", "--speed 2")]
    [InlineData("--resume x.run --retry-victims 4", "without --retry-victims")]
    [InlineData("--resume x.run --out y.run", "without --out")]
    public void WhatIsPlayedIsNotChanged(string arguments, string told) =>
        Assert.Contains(told, Assert.Throws<CommandException>(() => RunArguments.Merge(Run, Run.Parse(arguments), Of("w --target postgres://db/shop --speed 2"), "/w.workload", "/x.run")).Message, StringComparison.Ordinal);

    private static IReadOnlyList<string> Of(string arguments) => RunArguments.Of(Run.Parse(arguments));
}
