namespace Replay.Replayer.Tests;

public sealed class TargetGuardsTests
{
    private static readonly Guard Passed = new("source", GuardLevel.Passed, "well");
    private static readonly Guard Warned = new("quiet", GuardLevel.Warning, "perhaps");
    private static readonly Guard Users = new("users", GuardLevel.Refused, "who is that");
    private static readonly Guard Schema = new("schema", GuardLevel.Refused, "no table");

    [Fact]
    public void AllRefusalsAreNamedAndTheFirstSaysWhy()
    {
        var e = Assert.Throws<CommandException>(() => TargetGuards.Enforce([Passed, Warned, Users, Schema], new HashSet<string>()));
        Assert.StartsWith("who is that", e.Message, StringComparison.Ordinal);
        Assert.Contains("schema", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("quiet", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyWhatIsForcedIsIgnored()
    {
        var e = Assert.Throws<CommandException>(() => TargetGuards.Enforce([Users, Schema], new HashSet<string> { "users" }));
        Assert.Equal("no table", e.Message);
        TargetGuards.Enforce([Passed, Warned, Users, Schema], new HashSet<string> { "users", "schema" });
    }

    [Fact]
    public void NamesAreMapped()
    {
        var names = MapOptions.Read(["app=app2"], ["shop=shop_new", "a=b"]);
        Assert.Equal(("app2", "bob"), (names.User("app"), names.User("bob")));
        Assert.Equal(("shop_new", "other"), (names.Database("shop"), names.Database("other")));
        Assert.Equal(("shop", "other"), (names.CapturedDatabase("shop_new"), names.CapturedDatabase("other")));
        // There may be one of that name, which is another.
        Assert.Null(names.CapturedDatabase("shop"));
    }

    [Fact]
    public async Task ACheckThatCannotLookWarns()
    {
        var guard = await TargetGuards.LookAsync("schema", "which tables there are", () => throw new CommandException("permission denied"));
        Assert.Equal(("schema", GuardLevel.Warning), (guard.Name, guard.Level));
        Assert.Contains("which tables there are could not be found out: permission denied", guard.Text, StringComparison.Ordinal);
        Assert.Same(Users, await TargetGuards.LookAsync("users", "who", () => Task.FromResult(Users)));
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("=shop")]
    [InlineData("shop=")]
    [InlineData("shop=a", "shop=b")]
    [InlineData("shop=a", "bar=a")]
    public void WhatIsNoMappingIsRefused(params string[] databases) => Assert.Throws<CommandException>(() => MapOptions.Read([], databases));
}
