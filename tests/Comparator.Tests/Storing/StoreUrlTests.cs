using Npgsql;

namespace Replay.Comparator.Tests.Storing;

public sealed class StoreUrlTests
{
    [Fact]
    public void PartsAreUnderstood()
    {
        var url = StoreUrl.Parse("postgres://an%40a:s%3Acret@[::1]:5433/his%20tory?sslmode=verify-ca&sslrootcert=%2Fca.crt&schema=night_ly");
        Assert.Equal(("::1", 5433, "an@a", "s:cret", "his tory"), (url.Host, url.Port, url.User, url.Password, url.Database));
        Assert.Equal((SslMode.VerifyCA, "/ca.crt", "night_ly"), (url.SslMode, url.RootCertificateFile, url.Schema));
        Assert.Equal("postgres://an%40a@[::1]:5433/his%20tory", url.ToString());
        var told = new NpgsqlConnectionStringBuilder(url.ConnectionString());
        Assert.Equal(("::1", "s:cret", "his tory", SslMode.VerifyCA), (told.Host, told.Password, told.Database, told.SslMode));
    }

    [Fact]
    public void WhatIsLeftOutIsUsual()
    {
        var url = StoreUrl.Parse("postgresql://history");
        Assert.Equal(("history", 5432, "", null, "", SslMode.Prefer, "replay"), (url.Host, url.Port, url.User, url.Password, url.Database, url.SslMode, url.Schema));
    }

    [Theory]
    [InlineData("mysql://u:hidden@h/d", "'mysql'")]
    [InlineData("host=h password=hidden", "not a URL")]
    [InlineData("postgres:///d", "no host")]
    [InlineData("postgres://u:hidden@h/d?sslmode=maybe", "sslmode 'maybe'")]
    [InlineData("postgres://u:hidden@h/d?schema=", "no name for a schema")]
    [InlineData("postgres://u:hidden@h/d?schema=a;b", "no name for a schema")]
    [InlineData("postgres://u:hidden@h/d?options=-c", "'options' is not known")]
    public void WhatIsNotUnderstoodIsSaidWithoutThePassword(string text, string says)
    {
        var refused = Assert.Throws<ComparisonException>(() => StoreUrl.Parse(text));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("plain ü", "plain ü")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("pair \U0001F600", "pair \U0001F600")]
    public void TextsAreWhatPostgresTakes(string? text, string? stored) => Assert.Equal(stored, StoreColumns.Clean(text));

    [Fact]
    public void HalfAPairIsReplaced() => Assert.Equal("half \uFFFD.", StoreColumns.Clean("half \uD83D."));

    [Fact]
    public void TheSameRunsOnTheSameSidesAreTheSameComparison()
    {
        var ids = Enumerable.Range(1, 4).ToDictionary(i => i <= 2 ? $"A{i}" : $"B{i - 2}", i => new Guid(i, 0, 0, new byte[8]));
        using var one = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20), manifest: (label, manifest) => manifest with { Id = ids[label] });
        using var swapped = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20), manifest: (label, manifest) => manifest with { Id = ids[label is "A1" ? "A2" : label is "A2" ? "A1" : label] });
        using var mirrored = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20), manifest: (label, manifest) => manifest with { Id = ids[(label[0] == 'A' ? "B" : "A") + label[1]] });
        var id = ComparisonStore.IdOf(one.Compare());
        Assert.Equal(8, id.Version);
        Assert.Equal(id, ComparisonStore.IdOf(swapped.Compare()));
        Assert.NotEqual(id, ComparisonStore.IdOf(mirrored.Compare()));
    }
}
