using Replay.Agent.Recording;
using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Agent.Tests.Recording;

public sealed class ShapeNumbersTests : IDisposable
{
    private readonly TempFolder _folder = new("shapes");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OneShapeOneNumber()
    {
        using var writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest());
        var shapes = new ShapeNumbers(writer);
        var first = shapes.Of(Engine.PostgreSql, "select 1"u8, LexerOptions.None);
        Assert.Equal(first, shapes.Of(Engine.PostgreSql, "select 1"u8, LexerOptions.None));
        Assert.Equal(first, shapes.Of(Engine.PostgreSql, "SELECT  2 -- c"u8, LexerOptions.None));
        Assert.NotEqual(first, shapes.Of(Engine.MySql, "select 1"u8, LexerOptions.None));
        Assert.NotEqual(first, shapes.Of(Engine.PostgreSql, "select a"u8, LexerOptions.None));
        Assert.Equal(-1, shapes.Of(Engine.PostgreSql, default, LexerOptions.None));
    }

    [Fact]
    public void WhatASessionHasSetCounts()
    {
        using var writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest());
        var shapes = new ShapeNumbers(writer);
        var standard = shapes.Of(Engine.PostgreSql, "select 'a\\' from t"u8, LexerOptions.None);
        Assert.NotEqual(standard, shapes.Of(Engine.PostgreSql, "select 'a\\' from t"u8, LexerOptions.BackslashEscapes));
    }

    [Fact]
    public void AFullTableGivesNone()
    {
        using var writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest(), new WorkloadWriterOptions { MaxShapes = 2 });
        var shapes = new ShapeNumbers(writer);
        Assert.Equal(0, shapes.Of(Engine.MySql, "select a"u8, LexerOptions.None));
        Assert.Equal(1, shapes.Of(Engine.MySql, "select b"u8, LexerOptions.None));
        Assert.Equal(-1, shapes.Of(Engine.MySql, "select c"u8, LexerOptions.None));
        Assert.Equal(-1, shapes.Of(Engine.MySql, "select c"u8, LexerOptions.None));
        Assert.Equal(0, shapes.Of(Engine.MySql, "select A"u8, LexerOptions.None));
    }
}
