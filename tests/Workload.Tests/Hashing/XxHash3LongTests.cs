namespace Replay.Workload.Tests;

public sealed class XxHash3LongTests
{
    // The scalar form is what runs on processors without AVX2.
    [Fact]
    public void Scalar_and_vector_forms_agree()
    {
        var input = new byte[5000];
        new Random(3).NextBytes(input);
        for (var length = 241; length < input.Length; length += 37)
        {
            Assert.Equal(XxHash3Long.Hash(input.AsSpan(0, length), 0, vector: false), XxHash3.Hash64(input.AsSpan(0, length)));
        }
    }
}
