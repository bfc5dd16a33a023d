package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the images can be known without an engine that builds and runs them. */
class ImagesTest {
    private static final Path ROOT = LocalSettings.standard().root();
    private static final Path DOCKER = ROOT.resolve("deploy/docker");

    @TempDir
    Path folder;

    /** A module that is left out fails the build of all images, and nothing else. */
    @Test
    void allThatImagesAreBuiltFromIsSentToTheBuild() throws IOException {
        List<String> sent = Files.readAllLines(ROOT.resolve(".dockerignore"));
        String recipe = Files.readString(DOCKER.resolve("Dockerfile"));
        String modules = Files.readString(ROOT.resolve("pom.xml"));

        assertThat(sent).contains("!.mvn"); // the compiler's plugins need its options
        for (Part part : Part.applications()) {
            assertThat(recipe).containsPattern("-pl \\S*\\b" + part.module() + "\\b");
            assertThat(sent).contains("!" + part.module() + "/src/main");
        }
        Matcher module = Pattern.compile("<module>(.*)</module>").matcher(modules);
        while (module.find()) {
            String folders = module.group(1).contains("/") ? "!deploy/*/pom.xml" : "!*/pom.xml";
            assertThat(sent).contains(folders);
            String artifact = module.group(1).substring(module.group(1).lastIndexOf('/') + 1);
            if (isNeededByAnApplication(artifact)) {
                assertThat(sent).contains("!" + module.group(1) + "/src/main");
            }
        }
    }

    private static boolean isNeededByAnApplication(String artifact) throws IOException {
        for (Part part : Part.applications()) {
            Path pom = ROOT.resolve(part.module()).resolve("pom.xml");
            if (Files.readString(pom).contains("<artifactId>" + artifact + "</artifactId>")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void anImageHasTheNativeLibrariesOfItsPlatformOnly() throws Exception {
        makeJar("netty-x-1.Final-osx-x86_64.jar", "META-INF/native/libx.jnilib");
        makeJar("netty-x-1.Final-linux-aarch_64.jar", "META-INF/native/libx.so");
        makeJar("netty-x-1.Final-linux-x86_64.jar", "META-INF/native/libx.so");
        makeJar("plain-1.jar", "win/of/words/Class.class");
        makeJar(
                "zstd-jni-1.jar",
                "com/Zstd.class",
                "linux/amd64/libzstd.so",
                "linux/aarch64/libzstd.so",
                "win/amd64/libzstd.dll",
                "darwin/x86_64/libzstd.dylib");
        makeJar("snappy-java-1.jar", "org/native/Linux/x86_64/libs.so", "org/native/Linux/android-arm/libs.so");

        Outcome outcome = run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                DOCKER.resolve("PlatformNatives.java").toString(),
                folder.toString(),
                "amd64");

        assertThat(outcome.code()).describedAs(outcome.said()).isZero();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "netty-x-1.Final-linux-x86_64.jar", "plain-1.jar", "zstd-jni-1.jar", "snappy-java-1.jar");
        }
        assertThat(entries("zstd-jni-1.jar")).containsExactly("com/Zstd.class", "linux/amd64/libzstd.so");
        assertThat(entries("snappy-java-1.jar")).containsExactly("org/native/Linux/x86_64/libs.so");
        assertThat(entries("plain-1.jar")).containsExactly("win/of/words/Class.class");
    }

    /** Green where nothing was run would be worse than no test. */
    @Test
    void withoutAnEngineTheTestOfTheImagesSaysSoAndIsNotGreen() throws Exception {
        Path programs = Files.createDirectory(folder.resolve("bin"));
        Path docker = Files.writeString(programs.resolve("docker"), "#!/bin/sh\nexit 1\n");
        assertThat(docker.toFile().setExecutable(true)).isTrue();

        Outcome outcome = run(
                "env",
                "PATH=" + programs + ":/usr/bin:/bin",
                DOCKER.resolve("test").toString());

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.said()).contains("Not tested").contains("no container engine answers");
    }

    /** Whoever breaks into a container finds no right of root, no way to more rights and nothing of the image to change. */
    @Test
    void containersHaveNoRightsThatTheyDoNotNeedAndBounds() {
        ComposeFile compose = ComposeFile.of(ROOT);
        compose.services().forEach((name, definition) -> {
            Map<String, Object> service = ComposeFile.map(definition);
            if (service.containsKey("extends")) {
                return;
            }
            assertThat(service).describedAs(name).containsKey("mem_limit");
            assertThat(service).describedAs(name).containsEntry("cap_drop", List.of("ALL"));
            assertThat(service).describedAs(name).containsEntry("security_opt", List.of("no-new-privileges:true"));
            if (service.containsKey("build")) {
                assertThat(service)
                        .describedAs(name)
                        .containsEntry("read_only", true)
                        .containsKey("tmpfs");
                assertThat(service).describedAs(name).doesNotContainKey("cap_add");
            }
        });
        assertThat(ROOT.resolve("deploy/docker/Dockerfile")).content().contains("\nUSER tillstream\n");
    }

    private void makeJar(String name, String... entries) throws IOException {
        try (OutputStream file = Files.newOutputStream(folder.resolve(name));
                ZipOutputStream jar = new ZipOutputStream(file)) {
            for (String entry : entries) {
                jar.putNextEntry(new ZipEntry(entry));
                jar.write(entry.getBytes(StandardCharsets.UTF_8));
                jar.closeEntry();
            }
        }
    }

    private List<String> entries(String jar) throws IOException {
        try (ZipFile file = new ZipFile(folder.resolve(jar).toFile())) {
            return file.stream().map(ZipEntry::getName).toList();
        }
    }

    private record Outcome(int code, String said) {}

    private static Outcome run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), said);
    }
}
