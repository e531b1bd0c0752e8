module zhishu

go 1.26
