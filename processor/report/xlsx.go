package report

// XLSX is the ending of workbooks, see [PayoutName].
const XLSX = ".xlsx"
