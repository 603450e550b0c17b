/// Hashes of the test samples, computed by another program in another language.
enum KnownAnswers {
    static let configOnly = "63cd0dbf7b146d4c6bf3e1332be7a0d3fea1a068fa0565f1c0f6afed28395ca1"
    static let whole = "75f4086f35fcf59990b47628c5b4db3a3d90340f5741fe41902a4f8f04e85f39"
    static let nested = "e4afb9b2e3989c726e4e2f871b9858f4065e9d330e976fb43a6ae4f4ee1b0f13"
    static let context = "99c9348f01bbdc3884608b9c2797124231cdaff5e6ad659414acf13e92c637b9"
    static let emptyContext = "ebb8e066e9c55b47f05b60c4524d3186dec9f74cae86cef164ee6b1df9cc16e1"
}
