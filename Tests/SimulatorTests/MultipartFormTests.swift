import JSON
import Testing

@testable import Simulator

@Suite("RFC 7578: multipart/form-data")
struct MultipartFormTests {
    private let body = "--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"a\":1}\r\n--x\r\n"
        + "content-disposition: form-data; name=\"files[2]\"; filename=\"a;b.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--y\r\n\r\n--x--\r\n"

    @Test("JSON and files are found, whatever line ends and dashes the content has", arguments: ["boundary=x", "charset=utf-8; boundary=\"x\""])
    func parts(parameter: String) throws {
        let form = try MultipartForm(Array(body.utf8), contentType: "multipart/form-data; " + parameter)
        #expect(form.payload == ["a": 1])
        #expect(form.files.map(\.index) == [2])
        #expect(form.files.map(\.size) == [7])
        #expect(form.files.first?.contentType == "application/octet-stream")
    }

    @Test("cut anywhere it is refused, never read past its end")
    func truncated() {
        let bytes = Array(body.utf8)
        for count in 0..<(bytes.count - 4) {
            #expect(throws: RESTFailure.self) { try MultipartForm(Array(bytes.prefix(count)), contentType: "multipart/form-data; boundary=x") }
        }
    }

    @Test("a part with a number that none can have is no file", arguments: ["-1", "", "x", "99999999999999999999"])
    func number(_ text: String) throws {
        let bytes = Array(body.replacing("files[2]", with: "files[\(text)]").utf8)
        let form = try MultipartForm(bytes, contentType: "multipart/form-data; boundary=x")
        #expect(form.files == [])
    }

    @Test("broken JSON is 50109, a missing boundary 50035")
    func broken() {
        let bytes = Array(body.replacing("{\"a\":1}", with: "{").utf8)
        #expect(throws: RESTFailure.invalidJSON) { try MultipartForm(bytes, contentType: "multipart/form-data; boundary=x") }
        #expect(throws: RESTFailure.self) { try MultipartForm(bytes, contentType: "multipart/form-data") }
    }
}
