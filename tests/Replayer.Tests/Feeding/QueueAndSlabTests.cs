namespace Replay.Replayer.Tests;

public sealed class QueueAndSlabTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void TheQueueIsAQueue(int seed)
    {
        var random = new Random(seed);
        var queue = new ExchangeQueue<int>();
        var model = new LinkedList<int>();
        for (var i = 0; i < 20_000; i++)
        {
            if (model.Count == 0 || random.Next(5) < 3)
            {
                queue.Enqueue(i);
                model.AddLast(i);
            }
            else if (random.Next(8) == 0)
            {
                Assert.Equal(model.Last!.Value, queue.DequeueLast());
                model.RemoveLast();
            }
            else
            {
                Assert.Equal(model.First!.Value, queue.Head);
                Assert.Equal(model.First.Value, queue.Dequeue());
                model.RemoveFirst();
            }

            Assert.Equal(model.Count, queue.Count);
        }

        Assert.Equal(model, Enumerable.Range(0, queue.Count).Select(i => queue[i]));
    }

    [Fact]
    public void SlabsAreReusedWhenTheLastRequestIsReleased()
    {
        var slabs = new RequestSlabs();
        var request = new byte[1000];
        var held = new List<RequestSlab>();
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 3000; i++)
            {
                request[0] = (byte)i;
                var slab = slabs.Append(request, [], out var offset);
                Assert.Equal((byte)i, slab.Bytes[offset]);
                held.Add(slab);
            }

            held.ForEach(s => s.Release());
            held.Clear();
            // Only the slab being filled is still in use.
            Assert.Equal(RequestSlabs.SlabBytes, slabs.BytesInUse);
        }
    }

    [Fact]
    public void ALargeRequestHasMemoryOfItsOwn()
    {
        var slabs = new RequestSlabs();
        var slab = slabs.Append(new byte[5_000_000], new byte[8], out var offset);
        Assert.Equal(0, offset);
        Assert.Equal(5_000_008, slabs.BytesInUse);
        slab.Release();
        Assert.Equal(0, slabs.BytesInUse);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42P01")]
    [InlineData("1064")]
    [InlineData("HY000abc")]
    public void ErrorCodesComeBack(string code) => Assert.Equal(code, ErrorCodes.Unpack(ErrorCodes.Pack(System.Text.Encoding.ASCII.GetBytes(code))));
}
