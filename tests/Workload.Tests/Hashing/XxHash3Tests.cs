namespace Replay.Workload.Tests;

public sealed class XxHash3Tests
{
    // Byte i of an input is (131 i + 7) xor (i / 8); the hashes are those of xxhsum -H3 0.8.1.
    public static TheoryData<int, ulong> Vectors => new()
    {
        { 0, 0x2d06800538d394c2 },
        { 1, 0x4c5cca45d0f4811f },
        { 2, 0x29c60963cbfa4e6e },
        { 3, 0x6e3e2670e61106ac },
        { 4, 0x5c4c63133443d03f },
        { 5, 0x49f5eb3111280b63 },
        { 8, 0xf9fd4dd0b04d78f5 },
        { 9, 0xd366b661d7117290 },
        { 12, 0xeea28d9aa550bb31 },
        { 16, 0x56b3a067e7b10ce6 },
        { 17, 0x588b39e11135884f },
        { 32, 0x540650e86df9cd98 },
        { 33, 0xf6ac09fadbb82efe },
        { 64, 0x0c7e2ca85afa65c6 },
        { 65, 0x4d396f52ca924484 },
        { 96, 0x7ad73c82bad9f911 },
        { 97, 0x5302eddaea69b273 },
        { 128, 0x9667723002e5081b },
        { 129, 0x2e6e2ec2125d828d },
        { 144, 0x0c1ddd8481295265 },
        { 200, 0x5475e23691ab60a1 },
        { 240, 0x96220c5de8b65169 },
        { 241, 0x74c78117e21dc518 },
        { 256, 0xab05d87323b3537d },
        { 512, 0xd080c532fd1d7615 },
        { 1023, 0xf78480e53382ef47 },
        { 1024, 0x593b79c5f7e7abcb },
        { 1025, 0x1b40bb3e101aead4 },
        { 1088, 0x2606953ea7aca06e },
        { 2048, 0x0026be205b8aa8ba },
        { 5000, 0x9161a68ec5a23491 },
        { 100000, 0xd4258b078917470e },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Hashes_are_those_of_the_reference_tool(int length, ulong expected) => Assert.Equal(expected, XxHash3.Hash64(Input(length)));

    // The same inputs; the hashes are those of the reference library with a seed.
    public static TheoryData<int, ulong, ulong> SeededVectors => new()
    {
        { 0, 0x1, 0x4dc5b0cc826f6703 },
        { 0, 0x9E3779B97F4A7C15, 0x602b0e2cd6662c8b },
        { 1, 0x1, 0x0a187bf012eca100 },
        { 1, 0x9E3779B97F4A7C15, 0x2f3acd3805f81de3 },
        { 3, 0x1, 0x09b2077206b1496d },
        { 3, 0x9E3779B97F4A7C15, 0xbc74611d87f659e0 },
        { 4, 0x1, 0x16d938bf1343226d },
        { 4, 0x9E3779B97F4A7C15, 0x6c3753177c607de4 },
        { 8, 0x1, 0xd1129f0bf6e39a1d },
        { 8, 0x9E3779B97F4A7C15, 0xbc72d0531396303f },
        { 9, 0x1, 0xb3ffd24ef281e2ef },
        { 9, 0x9E3779B97F4A7C15, 0x5bb3e59d3ee38884 },
        { 16, 0x1, 0xcd934af50e0c9e81 },
        { 16, 0x9E3779B97F4A7C15, 0xff9757ff433e5b96 },
        { 17, 0x1, 0x081d1ed73b4604de },
        { 17, 0x9E3779B97F4A7C15, 0x9001a7ebd35307b2 },
        { 33, 0x1, 0xe44736a0baf8455e },
        { 33, 0x9E3779B97F4A7C15, 0x77513a38471f20e4 },
        { 65, 0x1, 0x1d8b03df62ddeb30 },
        { 65, 0x9E3779B97F4A7C15, 0x774a8287590b7990 },
        { 97, 0x1, 0xdd20f75a6865bb8f },
        { 97, 0x9E3779B97F4A7C15, 0x7155864790121dd3 },
        { 128, 0x1, 0xb684bbf2629923bc },
        { 128, 0x9E3779B97F4A7C15, 0x04050c2e9e1d93b8 },
        { 129, 0x1, 0x888a3818e448ac4e },
        { 129, 0x9E3779B97F4A7C15, 0x95b79b9044eae7ab },
        { 200, 0x1, 0x738304bf3ced5218 },
        { 200, 0x9E3779B97F4A7C15, 0xcc9325bb559c92a4 },
        { 240, 0x1, 0xdbd0e539c8b24875 },
        { 240, 0x9E3779B97F4A7C15, 0x8dc2a0979d22a336 },
        { 241, 0x1, 0x3aa03f2390e982d8 },
        { 241, 0x9E3779B97F4A7C15, 0x2630845ad615ee35 },
        { 1024, 0x1, 0x19c926921a4449b9 },
        { 1024, 0x9E3779B97F4A7C15, 0x0df19cf9a070e794 },
        { 1025, 0x1, 0x9f997b93b2fb3dec },
        { 1025, 0x9E3779B97F4A7C15, 0x203588f48a3d217f },
        { 5000, 0x1, 0x2c1313a5a4768c0a },
        { 5000, 0x9E3779B97F4A7C15, 0x3c11bf0df18fe4f4 },
    };

    [Theory]
    [MemberData(nameof(SeededVectors))]
    public void Hashes_with_a_seed_are_those_of_the_reference_library(int length, ulong seed, ulong expected) =>
        Assert.Equal(expected, XxHash3.Hash64(Input(length), seed));

    [Fact]
    public void Every_bit_of_every_length_class_counts()
    {
        foreach (var length in new[] { 1, 3, 4, 8, 9, 16, 17, 100, 128, 129, 240, 241, 1024, 1100 })
        {
            var input = Input(length);
            var seen = new HashSet<ulong> { XxHash3.Hash64(input) };
            for (var bit = 0; bit < length * 8; bit++)
            {
                input[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(seen.Add(XxHash3.Hash64(input)), $"length {length}, bit {bit}");
                input[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static byte[] Input(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(((131 * i) + 7) ^ (i >> 3)))];
}
