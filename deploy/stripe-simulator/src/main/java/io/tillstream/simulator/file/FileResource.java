package io.tillstream.simulator.file;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.api.Upload;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/files}, which Stripe has at a host of its own: upload, retrieve, list, contents (docs.stripe.com/file-upload). */
@Component
class FileResource implements Resource {
    private static final int LARGEST = 5 << 20; // bytes; Stripe's limit for evidence

    /** Kinds of file by the end of the name; evidence has the first three. */
    private static final Map<String, String> KINDS = Map.of(
            "pdf", "pdf",
            "png", "png",
            "jpg", "jpg",
            "jpeg", "jpg",
            "csv", "csv",
            "gif", "gif",
            "docx", "docx",
            "xls", "xls",
            "xlsx", "xlsx");

    private static final Set<String> OF_EVIDENCE = Set.of("pdf", "png", "jpg");

    private final Timeline timeline;
    private final Events events;
    private final FileContents contents;
    private final FileLinks links;
    private final PublicAddress address;
    private final Store files;

    FileResource(
            Timeline timeline,
            Events events,
            FileContents contents,
            FileLinks links,
            PublicAddress address,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.contents = contents;
        this.links = links;
        this.address = address;
        this.files = stores.open("file", "file", "purpose");
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/files", this::create)
                .takes("file", "purpose", "file_link_data.create", "file_link_data.expires_at")
                .takes("file_link_data.metadata.*");
        routes.get("/v1/files", this::list).paged().takes("purpose");
        routes.get("/v1/files/{id}", call -> shown(call.object(files, "file")));
        routes.get("/v1/files/{id}/contents", this::contents).answers("application/octet-stream");
        links.addTo(routes, files);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        Upload upload = Upload.read(params.required("file"))
                .orElseThrow(() -> StripeError.malformed(null, "Invalid file: it must be uploaded.", "file"));
        String purpose = params.required("purpose");
        String kind = kind(upload, purpose);
        String id = Ids.next("file");
        ObjectNode file = Json.object("file", id).put("created", timeline.now()).putNull("expires_at");
        file.put("filename", upload.name()).put("purpose", purpose).put("size", upload.content().length);
        file.putNull("title").put("type", kind).put("url", address.of("/v1/files/" + id + "/contents"));
        files.add(file);
        contents.keep(id, upload.content(), timeline.now());
        Params link = params.child("file_link_data");
        if (link != null && link.isTrue("create")) {
            links.make(id, link);
        }
        events.emit("file.created", shown(file));
        return shown(files.get(id));
    }

    private static String kind(Upload upload, String purpose) {
        String end = upload.name().substring(upload.name().lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String kind = KINDS.get(end);
        boolean evidence = purpose.equals("dispute_evidence");
        if (kind == null || (evidence && !OF_EVIDENCE.contains(kind))) {
            throw StripeError.invalid(
                    null,
                    "The file '" + upload.name() + "' is of a type that is not supported for " + purpose + ".",
                    "file");
        }
        if (upload.content().length > LARGEST) {
            throw StripeError.invalid(null, "The file is too large: it may have 5 MB at most.", "file");
        }
        if (upload.content().length == 0) {
            throw StripeError.invalid(null, "The file is empty.", "file");
        }
        return kind;
    }

    private ObjectNode shown(ObjectNode file) {
        ObjectNode shown = file.deepCopy();
        shown.set("links", links.of(Json.textOf(file, "id")));
        return shown;
    }

    private ObjectNode list(Call call) {
        Query query = new Query(files).where("purpose", call.params().text("purpose"));
        ObjectNode list = call.list(files, query);
        list.get("data").forEach(each -> ((ObjectNode) each).set("links", links.of(Json.textOf(each, "id"))));
        return list;
    }

    private ObjectNode contents(Call call) {
        call.object(files, "file");
        String id = call.variable("id");
        return Call.bytes(contents.of(id).orElseThrow(() -> StripeError.missing("file", id, "file")));
    }
}
