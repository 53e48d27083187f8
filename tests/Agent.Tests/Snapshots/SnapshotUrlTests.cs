using Replay.Agent.Hosting;
using Replay.Agent.Snapshots;

namespace Replay.Agent.Tests.Snapshots;

public class SnapshotUrlTests
{
    [Fact]
    public void EverythingIsRead()
    {
        var url = SnapshotUrl.Parse("postgres://me%40home:p%3Aw%2Fd@db.example:5433/my%20shop?sslmode=verify-full");
        Assert.Equal((true, "db.example", 5433), (url.IsPostgres, url.Host, url.Port));
        Assert.Equal(("me@home", "p:w/d", "my shop", "verify-full"), (url.User, url.Password, url.Database, url.SslMode));
    }

    [Fact]
    public void WhatIsLeftOutHasItsUsualValue()
    {
        var url = SnapshotUrl.Parse("mysql://root@[::1]");
        Assert.Equal((false, "::1", 3306), (url.IsPostgres, url.Host, url.Port));
        Assert.Null(url.Database);
        Assert.Null(url.SslMode);
        Assert.Equal(5432, SnapshotUrl.Parse("postgresql://u@h").Port);
    }

    [Fact]
    public void ItIsShownWithoutThePassword()
    {
        Assert.Equal("postgres://u@h:5432/d", SnapshotUrl.Parse("postgres://u:secret@h/d").ToString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("oracle://u:secret@h/d")]
    [InlineData("postgres://h/d")]
    [InlineData("postgres://u:secret@h/d?sslmode=perhaps")]
    [InlineData("postgres://u:secret@h/d?color=red")]
    [InlineData("postgres:/u:secret@h")]
    public void WhatIsWrongIsSaidWithoutThePassword(string text)
    {
        var line = Assert.Throws<UserException>(() => SnapshotUrl.Parse(text)).Message;
        Assert.StartsWith("--snapshot-url", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }
}
