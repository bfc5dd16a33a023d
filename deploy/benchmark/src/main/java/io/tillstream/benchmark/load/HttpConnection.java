package io.tillstream.benchmark.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept HTTP/1.1 connection and one thread. The sender shares the machine with what it measures, so it has to cost next to
 * nothing: Java's own client takes ten times the work for a request.
 */
public final class HttpConnection implements AutoCloseable {
    private static final int ANSWER_MILLIS =
            120_000; // longer than any limit of the gateway: an answer that never comes fails

    private final URI server;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    public HttpConnection(URI server) {
        this.server = server;
    }

    /**
     * What the server said.
     *
     * @param retryAfter what the header of that name says, or an empty text
     */
    public record Answer(int status, String body, String retryAfter) {}

    /**
     * Sends a request and reads its answer.
     *
     * @param headers whole lines, each with its end
     */
    public Answer send(String method, String path, String headers, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n" + headers
                + "Content-Length: " + content.length + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = new byte[start.length + content.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(content, 0, request, start.length, content.length);
        InputStream answers = open(request);
        return read(answers);
    }

    private InputStream open(byte[] request) throws IOException {
        Socket current = socket;
        InputStream answers = in;
        if (current == null || answers == null) {
            current = new Socket(server.getHost(), server.getPort());
            current.setTcpNoDelay(true);
            current.setSoTimeout(ANSWER_MILLIS);
            answers = new BufferedInputStream(current.getInputStream(), 16 * 1024);
            socket = current;
            in = answers;
        }
        current.getOutputStream().write(request);
        return answers;
    }

    private Answer read(InputStream answers) throws IOException {
        int status = Integer.parseInt(line(answers).substring(9, 12));
        int length = 0;
        boolean chunked = false;
        boolean last = false;
        String retryAfter = "";
        for (String line = line(answers); !line.isEmpty(); line = line(answers)) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> last = value.equalsIgnoreCase("close");
                case "retry-after" -> retryAfter = value;
                default -> {}
            }
        }
        byte[] body = chunked ? chunks(answers) : answers.readNBytes(length);
        if (last) {
            close();
        }
        return new Answer(status, new String(body, StandardCharsets.UTF_8), retryAfter);
    }

    private static byte[] chunks(InputStream answers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = size(answers); size > 0; size = size(answers)) {
            body.write(answers.readNBytes(size));
            skipLine(answers);
        }
        skipLine(answers);
        return body.toByteArray();
    }

    private static int size(InputStream answers) throws IOException {
        return Integer.parseInt(line(answers).split(";", 2)[0].strip(), 16);
    }

    private static void skipLine(InputStream answers) throws IOException {
        var unused = line(answers);
    }

    private static String line(InputStream answers) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = answers.read(); next != '\n'; next = answers.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        Socket current = socket;
        socket = null;
        in = null;
        if (current != null) {
            current.close();
        }
    }
}
