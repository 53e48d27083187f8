using System.Text;
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
        var first = shapes.Of(Engine.PostgreSql, "select 1"u8, LexerOptions.None, isPrepared: false);
        Assert.Equal(first, shapes.Of(Engine.PostgreSql, "select 1"u8, LexerOptions.None, isPrepared: false));
        Assert.Equal(first, shapes.Of(Engine.PostgreSql, "SELECT  2 -- c"u8, LexerOptions.None, isPrepared: false));
        Assert.NotEqual(first, shapes.Of(Engine.MySql, "select 1"u8, LexerOptions.None, isPrepared: false));
        Assert.NotEqual(first, shapes.Of(Engine.PostgreSql, "select a"u8, LexerOptions.None, isPrepared: false));
        Assert.Equal(-1, shapes.Of(Engine.PostgreSql, default, LexerOptions.None, isPrepared: false));
    }

    [Fact]
    public void WhatASessionHasSetCounts()
    {
        using var writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest());
        var shapes = new ShapeNumbers(writer);
        var standard = shapes.Of(Engine.PostgreSql, "select 'a\\' from t"u8, LexerOptions.None, isPrepared: false);
        Assert.NotEqual(standard, shapes.Of(Engine.PostgreSql, "select 'a\\' from t"u8, LexerOptions.BackslashEscapes, isPrepared: false));
    }

    [Fact]
    public void PreparedTextsHaveTheNumbersThatOthersHave()
    {
        using var writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest());
        var shapes = new ShapeNumbers(writer);

        // More texts than the memo has places, of the same length, so that they push each other out; three rounds find those that stayed.
        for (var round = 0; round < 3; round++)
        {
            for (var i = 100; i < 999; i++)
            {
                var text = Encoding.UTF8.GetBytes($"select c{i} from t where a = 'x' limit 5");
                var number = shapes.Of(Engine.PostgreSql, text, LexerOptions.None, isPrepared: false);
                Assert.Equal(number, shapes.Of(Engine.PostgreSql, text, LexerOptions.None, isPrepared: true));
                Assert.Equal(i - 100, number);
            }
        }

        Assert.Equal(0, shapes.Of(Engine.PostgreSql, "select c100 from t where a = 'y' limit 5"u8, LexerOptions.None, isPrepared: true));
        Assert.Equal(shapes.Of(Engine.PostgreSql, "a"u8, LexerOptions.None, isPrepared: false), shapes.Of(Engine.PostgreSql, "a"u8, LexerOptions.None, isPrepared: true));
    }

    [Fact]
    public void AFullTableGivesNone()
    {
        using var writer = WorkloadWriter.Create(_folder.File("w"), new WorkloadManifest(), new WorkloadWriterOptions { MaxShapes = 2 });
        var shapes = new ShapeNumbers(writer);
        Assert.Equal(0, shapes.Of(Engine.MySql, "select a"u8, LexerOptions.None, isPrepared: false));
        Assert.Equal(1, shapes.Of(Engine.MySql, "select b"u8, LexerOptions.None, isPrepared: false));
        Assert.Equal(-1, shapes.Of(Engine.MySql, "select c"u8, LexerOptions.None, isPrepared: false));
        Assert.Equal(-1, shapes.Of(Engine.MySql, "select c"u8, LexerOptions.None, isPrepared: false));
        Assert.Equal(0, shapes.Of(Engine.MySql, "select A"u8, LexerOptions.None, isPrepared: false));
    }
}
