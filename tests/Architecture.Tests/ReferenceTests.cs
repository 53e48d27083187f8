using System.Xml.Linq;
using Replay.TestKit;

namespace Replay.Architecture.Tests;

/// <summary>References point one way.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void ProjectFilesReferToNothingElseThanTheDesignAllows() => Rule.Holds(
        "A project file refers to a project that the design's picture does not have. Move the code, or change the picture in House.cs, in the folder's README and in the same commit.",
        from project in House.Projects
        from reference in project.ReferencedProjects.Except(project.MayReference)
        select $"{project.Assembly} -> {reference}");

    [Fact]
    public void AssembliesUseNothingElseThanTheDesignAllows() => Rule.Holds(
        "An assembly uses one of the house that it may not use.",
        from project in House.Projects
        from reference in project.Facts.Assemblies
        where House.Projects.Any(p => p.Assembly == reference) && !project.MayReference.Contains(reference)
        select $"{project.Assembly} -> {reference}");

    [Fact]
    public void EveryProjectOfTheSolutionIsInThePicture() => Rule.Holds(
        "A production project is not in House.cs: say there what it may refer to.",
        Directory.EnumerateFiles(RepositoryFolder.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(RepositoryFolder.Root, f).StartsWith("tests", StringComparison.Ordinal))
            .Where(f => House.Projects.All(p => p.ProjectFile != f)));

    [Fact]
    public void NothingButTestsRefersToAProgram() => Rule.Holds(
        "A program is used by starting it, as a user would; only tests refer to its assembly.",
        from project in House.Projects
        from reference in project.ReferencedProjects.Intersect(House.Programs)
        select $"{project.Assembly} -> {reference}");

    [Fact]
    public void ProgramsAreTheOnlyExecutables()
    {
        var executables = House.Projects.Where(p => XDocument.Load(p.ProjectFile).Descendants("OutputType").Any(t => t.Value == "Exe"));
        Assert.Equal(House.Programs.Order(), executables.Select(p => p.Assembly).Order());
    }

    [Fact]
    public void TheComparatorReadsARunWithoutTheReplayersCode()
    {
        Assert.Contains("Replay.Workload.RunReader", House.Find("Replay.Workload").Facts.Defined);
        Rule.Holds(
            "The comparator's closure holds code of the replayer, of a client or of a wire protocol.",
            House.Closure("dbcompare").SelectMany(p => p.Facts.Assemblies).Intersect(["dbreplay", "Replay.Client", "Replay.Protocol", "Replay.Network"]));
    }

    [Fact]
    public void PackagesAreFewAndNamedInTheReadme()
    {
        var readme = File.ReadAllText(RepositoryFolder.Path("README.md"));
        Rule.Holds(
            "A package that README.md does not name with its reason, or one in a project of capture/ that runs on production hosts.",
            from project in House.Projects
            from package in project.Packages
            where !readme.Contains(package, StringComparison.Ordinal) || (project.Folder.StartsWith("capture/", StringComparison.Ordinal) && package != "System.CommandLine")
            select $"{project.Assembly} -> {package}");
    }
}
