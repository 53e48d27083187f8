using System.Net;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SelectionTextTests
{
    // 2023-11-14T22:13:20Z.
    private const long Origin = WorkloadMaker.Base;

    [Theory]
    [InlineData("2023-11-14T22:15:00Z", "2023-11-14T22:15:00Z")]
    [InlineData("2023-11-14T23:15:00+01:00", "2023-11-14T22:15:00Z")]
    [InlineData("2023-11-14 22:15", "2023-11-14T22:15:00Z")]
    [InlineData("22:15", "2023-11-14T22:15:00Z")]
    [InlineData("14:05:30", "2023-11-15T14:05:30Z")] // the first one in the workload is the next day's
    [InlineData("90m", "2023-11-14T23:43:20Z")]
    [InlineData("0", "2023-11-14T22:13:20Z")]
    public void MomentsAreRead(string text, string moment) =>
        Assert.Equal((DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / 10, MomentText.Parse(text, Origin, "--from"));

    [Theory]
    [InlineData("noon")]
    [InlineData("")]
    [InlineData("25:00")]
    [InlineData("-5m")]
    public void OthersAreRefused(string text) => Assert.Contains("--from", Assert.Throws<CommandException>(() => MomentText.Parse(text, Origin, "--from")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("user=app", "", true)]
    [InlineData("user=other", "", false)]
    [InlineData("user=other|user=a*", "", true)] // terms of one key widen each other
    [InlineData("user=app|database=crm", "", false)] // keys narrow each other
    [InlineData("user=app|database=shop", "", true)]
    [InlineData("client=10.1.*", "", true)]
    [InlineData("client=10.2.*", "", false)]
    [InlineData("application=cart", "", true)]
    [InlineData("application=car?", "", false)] // only * stands for anything
    [InlineData("user=app", "client=10.1.2.3", false)]
    [InlineData("", "user=APP", true)]
    public void SessionsAreFiltered(string included, string excluded, bool isTaken)
    {
        var session = WorkloadMaker.Session(1) with
        {
            User = "app",
            Client = new IPEndPoint(IPAddress.Parse("10.1.2.3"), 4000),
            Parameters = new Dictionary<string, string> { ["application_name"] = "cart" },
        };
        var filter = SelectionFilter.Parse(Terms(included), Terms(excluded));
        Assert.Equal(isTaken, filter.Takes(session));
        Assert.False(filter.TellsExchanges);
    }

    [Theory]
    [InlineData("class=read", "", true, false, false)]
    [InlineData("", "class=read", false, true, true)]
    [InlineData("shape=00000000000000010000000000000000", "", true, false, false)]
    [InlineData("shape=0000000000000002*", "", false, true, false)]
    [InlineData("", "user=app", true, true, true)]
    public void ShapesAreFiltered(string included, string excluded, bool read, bool write, bool none)
    {
        Shape[] shapes = [new(0, Engine.PostgreSql, 1, 0, "select ?", "read"), new(1, Engine.PostgreSql, 2, 0, "delete from t", "write")];
        Assert.Equal([read, write], SelectionFilter.Parse(Terms(included), Terms(excluded)).Takes(shapes, out var ofNone));
        Assert.Equal(none, ofNone);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("user=")]
    [InlineData("table=t")]
    public void WhatIsNoTermIsRefused(string term) => Assert.Contains("--exclude", Assert.Throws<CommandException>(() => SelectionFilter.Parse([], [term])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("read", "select count ( * ) from t where lower ( name ) = ? and id in ( ? )", true)]
    [InlineData("read", "select a.id from pg_catalog.pg_class a join lateral ( select ? ) b on true", true)]
    [InlineData("read", "select pay ( ? )", false)]
    [InlineData("read", "select billing.count ( ? )", true)] // by its name alone; a function of that name that writes is production's own trap
    [InlineData("read", "select \"Pay\" ( ? )", false)]
    [InlineData("read", "select * from t where id = ? for update", false)]
    [InlineData("read", "select * from t for no key update skip locked", false)]
    [InlineData("read", "select nextval ( ? )", false)]
    [InlineData("read", "select id into @x from t", false)]
    [InlineData("write", "update t set n = ?", false)]
    [InlineData("utility", "show tables", true)]
    [InlineData("utility", "explain select ?", true)]
    [InlineData("utility", "explain analyze delete from t", false)]
    [InlineData("utility", "explain ( analyze ) delete from t", false)]
    [InlineData("utility", "vacuum t", false)]
    [InlineData("cursor", "fetch ? from c", true)]
    [InlineData("unknown", "frobnicate", false)]
    public void WhatOnlyReadsIsKnownByItsText(string @class, string text, bool isHarmless) =>
        Assert.Equal(isHarmless, HarmlessShapes.IsHarmless(new Shape(0, Engine.PostgreSql, 1, 1, text, @class)));

    private static string[] Terms(string terms) => terms.Split('|', StringSplitOptions.RemoveEmptyEntries);
}
