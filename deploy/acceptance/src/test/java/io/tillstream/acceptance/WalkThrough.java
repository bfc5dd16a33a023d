package io.tillstream.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The walk through a Markdown file: its blocks fenced as {@code ```bash walk}, run in one shell in their order. A line
 * {@code # → text} says that the output of the commands above it, back to the last such line, contains the text.
 */
final class WalkThrough {
    private static final String FENCE = "```bash walk";
    private static final String EXPECTS = "# → ";
    private static final int LONGEST_SECONDS = 120;

    private WalkThrough() {}

    /** Some commands, and what their output has to contain. */
    record Step(List<String> commands, List<String> expected) {}

    record Outcome(int exitCode, String output) {}

    static List<Step> read(Path markdown) throws IOException {
        List<Step> steps = new ArrayList<>();
        List<String> commands = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(markdown)) {
            if (!inside) {
                inside = line.strip().equals(FENCE);
                continue;
            }
            boolean ends = line.strip().equals("```");
            boolean expects = line.strip().startsWith(EXPECTS);
            if (expects) {
                expected.add(line.strip().substring(EXPECTS.length()).strip());
            } else if (ends || !expected.isEmpty()) {
                addStep(steps, commands, expected);
            }
            if (ends) {
                inside = false;
            } else if (!expects) {
                commands.add(line);
            }
        }
        return steps;
    }

    private static void addStep(List<Step> steps, List<String> commands, List<String> expected) {
        if (commands.stream().anyMatch(line -> !line.isBlank())) {
            steps.add(new Step(List.copyOf(commands), List.copyOf(expected)));
        }
        commands.clear();
        expected.clear();
    }

    /** One script for all: variables of one block are there in the next. */
    static String script(List<Step> steps) {
        StringBuilder script = new StringBuilder("set -euo pipefail\nexec 3>&1\nwalk_output=$(mktemp)\n");
        script.append(
                "trap 'code=$?; [ $code = 0 ] || cat \"$walk_output\" >&3; rm -f \"$walk_output\"; exit $code' EXIT\n");
        for (Step step : steps) {
            script.append("{\n").append(String.join("\n", step.commands())).append("\n} >\"$walk_output\" 2>&1\n");
            script.append("cat \"$walk_output\"\n");
            for (String text : step.expected()) {
                String quoted = "'" + text.replace("'", "'\\''") + "'";
                script.append("grep -qF -- ")
                        .append(quoted)
                        .append(" \"$walk_output\" || { echo NOT FOUND: ")
                        .append(quoted)
                        .append("; exit 99; }\n");
            }
            script.append(": >\"$walk_output\"\n");
        }
        return script.toString();
    }

    static Outcome run(String script, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("walk", ".sh");
        Path output = Files.createTempFile("walk", ".out");
        try {
            Files.writeString(file, script);
            ProcessBuilder bash = new ProcessBuilder("bash", file.toString())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            bash.environment().putAll(environment);
            Process process = bash.start();
            boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String said = Files.readString(output, StandardCharsets.UTF_8);
            return new Outcome(ended ? process.exitValue() : -1, said);
        } finally {
            Files.delete(file);
            Files.delete(output);
        }
    }
}
