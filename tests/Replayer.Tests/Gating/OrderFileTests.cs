using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class OrderFileTests
{
    private static readonly BlockInfo[] Blocks = [Block(0, 10), Block(10, 0), Block(10, 5)];

    [Fact]
    public void WhatWasWrittenIsFoundByPosition()
    {
        using var folder = new TempFolder("order");
        var path = folder.File("order.data");
        using var writer = new OrderFileWriter(path, new WorkloadBlocks(Blocks));
        OrderDependency[] needs = [OrderDependency.OnEnd(3, 700, OrderReason.Key), OrderDependency.OnCommits(7, 1L << 40), OrderDependency.OnSent(4, 0, OrderReason.Start)];
        OrderMark[] marks = [new OrderMark(DependencyKind.Statements, 7, 12)];
        // A batch from the first block to the last, after one that ended earlier though it lies later.
        writer.Ordered(Unit(12, 12), [], marks, tables: 0);
        writer.Ordered(Unit(9, 14), needs, marks, tables: OrderPass.TablesPerDatabase);
        writer.Ordered(Unit(3, 3), [], [], tables: 0);
        writer.Drew(new Drawer(14, 1, 1), new SequenceDraw(5, -7, 2));
        writer.AlsoNeeds(new LateNeed(1, 5, 9, OrderDependency.OnEnd(8, 2, OrderReason.Visibility)));
        writer.AlsoNeeds(new LateNeed(1, 6, 13, OrderDependency.OnEnd(8, 3, OrderReason.Visibility)));
        writer.Drew(new Drawer(4, 1, 2), new SequenceDraw(6, null, 1));
        var pieces = writer.Complete();

        using var file = new OrderFile(path, new WorkloadBlocks(Blocks), pieces);
        Assert.Null(file.Find(3));
        Assert.Equal([needs[0], needs[1] with { Session = 7 + OrderPass.TablesPerDatabase }, needs[2], OrderDependency.OnEnd(8, 2, OrderReason.Visibility)], file.Find(9)!.Needs);
        Assert.Empty(file.Find(9)!.Marks);
        Assert.Equal([marks[0] with { Table = 7 + OrderPass.TablesPerDatabase }], file.Find(14)!.Marks);
        Assert.Equal(marks, file.Find(12)!.Marks);
        Assert.Equal([OrderDependency.OnEnd(8, 3, OrderReason.Visibility)], file.Find(13)!.Needs);
        Assert.Null(file.Find(11));
        Assert.Equal(new SequenceDraw(5, -7, 2), file.Find(14)!.Draw);
        Assert.Equal(new SequenceDraw(6, null, 1), file.Find(4)!.Draw);
        Assert.Null(file.Find(9)!.Draw);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 0)]
    [InlineData(10, 2)]
    [InlineData(14, 2)]
    public void PositionsAreFoundInTheirBlocks(long position, int block) => Assert.Equal(block, new WorkloadBlocks(Blocks).Of(position));

    [Fact]
    public void APositionBeyondTheEndIsAnError() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkloadBlocks(Blocks).Of(15));

    private static OrderUnit Unit(long first, long last) => new() { Session = 1, FirstPosition = first, LastPosition = last };

    private static BlockInfo Block(long first, int count) => new(1, 0, first, count, 0, 0, 0, 0, 0, 0);
}
