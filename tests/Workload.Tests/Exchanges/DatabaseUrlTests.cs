namespace Replay.Workload.Tests;

/// <summary>URLs are taken apart as RFC 3986 has them, and keep their password to themselves.</summary>
public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData("postgres://u:p@h:5433/d", "postgres", "h", 5433, "u", "p", "d")]
    [InlineData("mysql://h", "mysql", "h", null, "", null, "")]
    [InlineData("MySQL://u:@h/", "mysql", "h", null, "u", "", "")]
    [InlineData("postgres://a%40b:c%3Ad%2F@[::1]:1/x%20y", "postgres", "::1", 1, "a@b", "c:d/", "x y")]
    [InlineData("postgres://u:a:b@h/d", "postgres", "h", null, "u", "a:b", "d")]
    public void TakesUrlsApart(string text, string scheme, string host, int? port, string user, string? password, string database)
    {
        var url = DatabaseUrl.Parse(text);
        Assert.NotNull(url);
        Assert.Equal((scheme, host, port, user, password, database), (url.Scheme, url.Host, url.Port, url.User, url.Password, url.Database));
        Assert.Empty(url.Parameters);
    }

    [Fact]
    public void ParametersKeepTheirOrder() =>
        Assert.Equal([("sslmode", "require"), ("flag", ""), ("ca", "/a b")], DatabaseUrl.Parse("postgres://h/d?sslmode=require&flag&ca=%2Fa%20b")!.Parameters);

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("/var/run")]
    [InlineData("postgres://h:x/")]
    public void WhatIsNoUrlIsNone(string text)
    {
        // An absolute path is a URL of a file to .NET on Unix.
        var url = DatabaseUrl.Parse(text);
        Assert.True(url is null or { Scheme: "file" });
    }

    [Fact]
    public void PrintedItHasNoPassword() => Assert.DoesNotContain("secret", $"{DatabaseUrl.Parse("postgres://u:secret@h/d?password=secret")}", StringComparison.Ordinal);
}
