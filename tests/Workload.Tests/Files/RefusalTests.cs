using System.Text.Json.Nodes;
using Replay.TestKit;

namespace Replay.Workload.Tests;

/// <summary>Each refusal is one line that names the file or folder and says how to mend it.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void A_folder_that_is_not_there()
    {
        using var folder = new TempFolder();
        AssertRefused(folder.File("w"), "not there");
    }

    [Fact]
    public void An_empty_folder()
    {
        using var folder = new TempFolder();
        AssertRefused(folder.Path, "manifest.json");
        AssertRunRefused(folder.Path, "run.json");
    }

    [Fact]
    public void A_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("w"), "hello");
        AssertRefused(folder.File("w"), "is a file");
        AssertRunRefused(folder.File("w"), "is a file");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"formatVersion\": \"x\"}")]
    [InlineData("{\"formatVersion\": 1, \"id\": 5}")]
    [InlineData("null")]
    public void A_manifest_that_is_none(string manifest)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("manifest.json"), manifest);
        File.WriteAllText(folder.File("run.json"), manifest);
        AssertRefused(folder.Path, "manifest.json");
        AssertRunRefused(folder.Path, "run.json");
    }

    [Fact]
    public void A_newer_format_even_if_nothing_else_of_its_manifest_is_known()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("manifest.json"), """{"formatVersion": 3, "id": {"new": "kind"}}""");
        File.WriteAllText(folder.File("run.json"), """{"formatVersion": 3, "id": {"new": "kind"}}""");
        AssertRefused(folder.Path, "newer version");
        AssertRunRefused(folder.Path, "newer version");
    }

    [Fact]
    public void A_segment_of_a_newer_format()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        var path = SampleWorkload.Segment(folder.File("w"));
        var bytes = File.ReadAllBytes(path);
        SegmentFormat.WriteHead(bytes, SegmentContent.Workload, WorkloadManifest.CurrentFormatVersion + 1, 1, SampleWorkload.Manifest.Id);
        File.WriteAllBytes(path, bytes);
        AssertRefused(folder.File("w"), "newer version");
    }

    [Fact]
    public void A_segment_of_another_workload()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File("w"), "manifest.json")))!;
        manifest["id"] = Guid.NewGuid();
        File.WriteAllText(Path.Combine(folder.File("w"), "manifest.json"), manifest.ToJsonString());
        AssertRefused(folder.File("w"), "another folder");
    }

    [Fact]
    public void A_missing_segment()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"), options: new WorkloadWriterOptions { BlockExchanges = 50, SegmentBytes = 500 });
        Assert.True(File.Exists(SampleWorkload.Segment(folder.File("w"), 3)));
        File.Delete(SampleWorkload.Segment(folder.File("w"), 2));
        AssertRefused(folder.File("w"), "segment-000002.blocks is missing");
    }

    [Fact]
    public void A_segment_that_is_a_text()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        File.WriteAllText(SampleWorkload.Segment(folder.File("w")), new string('x', 10_000));
        AssertRefused(folder.File("w"), "not those of a segment");
    }

    [UnprivilegedFact]
    public void A_folder_that_may_not_be_read()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        File.SetUnixFileMode(folder.File("w"), UnixFileMode.UserExecute);
        AssertRefused(folder.File("w"), "permission denied");
        File.SetUnixFileMode(folder.File("w"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Writing_into_a_folder_that_has_something_in_it()
    {
        using var folder = new TempFolder();
        SampleWorkload.Write(folder.File("w"));
        var error = Assert.Throws<WorkloadException>(() => WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest));
        Assert.Contains("not empty", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<WorkloadException>(() => RunWriter.Create(folder.File("w"), new RunManifest(), 1));
        Assert.Contains("not empty", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_where_a_file_is()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("w"), "");
        var error = Assert.Throws<WorkloadException>(() => WorkloadWriter.Create(folder.File("w"), SampleWorkload.Manifest));
        Assert.Contains("is a file", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string folder, string because) => AssertLine(Assert.Throws<WorkloadException>(() => WorkloadReader.Open(folder)), folder, because);

    private static void AssertRunRefused(string folder, string because) => AssertLine(Assert.Throws<WorkloadException>(() => RunReader.Open(folder)), folder, because);

    private static void AssertLine(WorkloadException error, string folder, string because)
    {
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
