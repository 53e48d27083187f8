using Replay.Client;
using Replay.Sql;

namespace Replay.Replayer.Tests;

public sealed class CapturedNamesTests
{
    private static readonly OrderCatalog OfTarget = new()
    {
        Dialect = SqlDialect.MySql,
        Tables =
        [
            new CatalogTable
            {
                Schema = "shop_new",
                Name = "items",
                ForeignKeys = [new CatalogForeignKey(["maker"], "shop_new", "makers", ["id"], ReferenceAction.Cascade)],
                Triggers = [new CatalogTrigger(["insert"], ["shop_new.log", "other.log"]), new CatalogTrigger(["delete"])],
            },
            new CatalogTable { Schema = "other", Name = "log" },
        ],
        Views = [new CatalogView("shop_new", "cheap", ["shop_new.items"]), new CatalogView("other", "odd", CatalogView.Anything)],
        Functions = [new CatalogFunction("f", Writes: true, ["shop_new.items"])],
    };

    [Fact]
    public void EverythingHasTheCapturedNames()
    {
        var catalog = CapturedNames.Of(OfTarget, Map("shop", "shop_new"));
        Assert.Equal(["shop.items", "other.log"], catalog.Tables.Select(static t => $"{t.Schema}.{t.Name}"));
        var items = catalog.Tables[0];
        Assert.Equal("shop", Assert.Single(items.ForeignKeys).Schema);
        Assert.Equal(["shop.log", "other.log"], items.Triggers[0].Touches);
        Assert.Null(items.Triggers[1].Touches);
        Assert.Equal(("shop", "shop.items"), (catalog.Views[0].Schema, Assert.Single(catalog.Views[0].Tables)));
        Assert.Same(CatalogView.Anything, catalog.Views[1].Tables);
        Assert.Equal(["shop.items"], catalog.Functions[0].Touches);
    }

    [Fact]
    public void ADatabaseWhoseNameIsTakenIsNotSeen()
    {
        var catalog = CapturedNames.Of(OfTarget, Map("other", "shop_new"));
        Assert.Equal("other.items", Assert.Single(catalog.Tables.Select(static t => $"{t.Schema}.{t.Name}")));
        Assert.Equal(["other.log"], catalog.Tables[0].Triggers[0].Touches);
        Assert.Equal("cheap", Assert.Single(catalog.Views).Name);
    }

    [Fact]
    public void TwoThatChangeNamesDo()
    {
        var names = new TargetNames { Databases = new Dictionary<string, string> { ["other"] = "shop_new", ["shop_new"] = "other" } };
        Assert.Equal(["other.items", "shop_new.log"], CapturedNames.Of(OfTarget, names).Tables.Select(static t => $"{t.Schema}.{t.Name}"));
    }

    [Fact]
    public void WithoutNamesItIsTheSame() => Assert.Same(OfTarget, CapturedNames.Of(OfTarget, TargetNames.AsCaptured));

    private static TargetNames Map(string captured, string name) => new() { Databases = new Dictionary<string, string> { [captured] = name } };
}
